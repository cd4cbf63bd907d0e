"""A verdict says what its checks say, in one sentence that claims no more."""

import pytest

from pypot_cli.proof.verdict import UNBOUND, UNBOUND_2, Check, Outcome, Verdict, equal, holds

OK = Check("a", "ok", "it is so")
FAILED = Check("b", "failed", "it is not")
SKIPPED = Check("c", "skipped", "it needs b")
WITNESSED = Check("witness", "ok", "it was seen")
UNWITNESSED = Check("witness", "unwitnessed", "nobody saw it")


def loose(party: str) -> Check:
    return Check(f"{party} key", "not pinned", "taken from the proof itself")


def verdict(*checks: Check, draw: int | None = 1, pot_id: str | None = None) -> Verdict:
    return Verdict(pot_id, checks, draw)


def test_a_condition_holds_or_has_failed() -> None:
    assert holds("seed", True, "it is not zero") == Check("seed", "ok", "it is not zero")
    assert holds("seed", False, "it is not zero") == Check("seed", "failed", "it is not zero")


def test_a_value_is_equal_to_what_is_stated_only_if_it_is_of_its_type() -> None:
    assert equal("sum", "1 + 1", 2, 2) == Check("sum", "ok", "1 + 1 = 2")
    said = "1 + 1 = 2, but the proof says 3"
    assert equal("sum", "1 + 1", 2, 3) == Check("sum", "failed", said)
    said = "1 = 1, but the receipt says True"
    assert equal("one", "1", 1, True, "the receipt") == Check("one", "failed", said)
    assert equal("one", "1", 1, 1.0).outcome == "failed"


@pytest.mark.parametrize(
    ("outcome", "valid"),
    [
        ("ok", True),
        ("failed", False),
        ("skipped", False),
        ("not pinned", True),
        ("unwitnessed", True),
    ],
)
def test_every_check_must_be_made_and_hold(outcome: Outcome, valid: bool) -> None:
    other = Check("d", outcome, "")
    for checks in ((other, OK), (OK, other)):
        assert verdict(*checks).valid is valid
        assert verdict(*checks).failed == ((other,) if outcome == "failed" else ())


@pytest.mark.parametrize(
    ("given", "summary", "witnessed"),
    [
        (verdict(OK), "valid, signed by the keys you trust", None),
        (verdict(OK, FAILED), "not valid: b", None),
        (verdict(FAILED, SKIPPED, OK, FAILED), "not valid: b, b", None),
        (
            verdict(loose("settlement")),
            "valid, settlement key taken from the proof itself (not pinned)",
            None,
        ),
        (
            verdict(loose("orchestrator"), loose("settlement")),
            "valid, keys taken from the proof itself (not pinned)",
            None,
        ),
        (
            verdict(OK, WITNESSED, draw=2),
            "valid, signed by the keys you trust; witnessed",
            True,
        ),
        (
            verdict(loose("orchestrator"), UNWITNESSED, draw=2),
            "valid, orchestrator key taken from the proof itself (not pinned); unwitnessed",
            False,
        ),
        # Seen by somebody, but what was seen is not valid; and a check of another name.
        (verdict(FAILED, WITNESSED, draw=2), "not valid: b", False),
        (verdict(OK, draw=2), "valid, signed by the keys you trust; unwitnessed", False),
        (verdict(OK, WITNESSED, draw=1), "valid, signed by the keys you trust", None),
        (verdict(FAILED, draw=None), "not valid: b", None),
    ],
)
def test_the_summary_claims_no_more_than_was_checked(
    given: Verdict, summary: str, witnessed: bool | None
) -> None:
    assert given.summary == summary
    assert given.witnessed is witnessed


def sentences(unbound: dict[str, str]) -> list[str]:
    return [f"{name}: {why}" for name, why in unbound.items()]


def test_what_no_proof_can_show_is_told_and_what_was_compared_elsewhere_is_not() -> None:
    draw_1 = (
        "draw 1 shows that the seed was fixed before the first entry; it cannot show that nobody"
        " who knew the seed bought the last tickets"
    )
    unwitnessed = (
        "draw 2 has no last look if lock and reveal came before the beacon's round, and when they"
        " came is here the operator's word: unwitnessed"
    )
    witnessed = (
        "the witness saw this lock and this reveal in time; that its log holds no second lock of"
        " the same pot shows only to who reads that log whole: pypot audit verify"
    )
    both, more = sentences(dict(UNBOUND)), sentences(dict(UNBOUND_2))
    assert verdict(FAILED, draw=None).not_proven == both
    assert verdict(OK).not_proven == [*both, draw_1]
    assert verdict(UNWITNESSED, draw=2).not_proven == [*both, *more, unwitnessed]
    assert verdict(WITNESSED, draw=2).not_proven == [*both, *more, witnessed]
    # A word about the chain comes last; what was compared with it is not listed.
    compared = Verdict(None, (OK,), 1, frozenset({"audit"}), ("chain.json: row 2 is withheld",))
    kept = [said for said in both if not said.startswith("audit: ")]
    assert len(kept) == len(both) - 1
    assert compared.not_proven == [*kept, draw_1, "chain.json: row 2 is withheld"]


def test_the_report_for_programs_has_each_of_it_by_name() -> None:
    given = verdict(OK, SKIPPED, FAILED, draw=2, pot_id="3f0e6a52-9c1d-4b7a-8e25-d1c0ffee0001")
    assert given.as_json() == {
        "valid": False,
        "pot_id": "3f0e6a52-9c1d-4b7a-8e25-d1c0ffee0001",
        "draw_version": 2,
        "witnessed": False,
        "summary": "not valid: b",
        "checks": [
            {"name": "a", "outcome": "ok", "detail": "it is so"},
            {"name": "c", "outcome": "skipped", "detail": "it needs b"},
            {"name": "b", "outcome": "failed", "detail": "it is not"},
        ],
        "not_proven": given.not_proven,
    }
