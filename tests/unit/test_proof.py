"""A valid proof passes every check; changed in any way that matters, it fails a named one."""

import copy
import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness import draw, signing
from pypot_cli.fairness.canonical import canonical_json, read_time
from pypot_cli.game import GAME
from pypot_cli.proof import LONGEST_PROOF, UNBOUND, Document, Verdict, read_proof, verify
from tests.unit.proofs import (
    GOLDEN,
    ORCHESTRATOR,
    ORCHESTRATOR_PUBLIC,
    SETTLEMENT,
    SETTLEMENT_PUBLIC,
    Step,
    containers_of,
    get,
    leaves_of,
    make_proof,
    name_of,
    replace,
    signed,
    to_text,
)

PROOF = make_proof()
# Another pot, another seed, other entries and other keys: every field that is not fixed differs.
OTHER = make_proof(
    counts=(3, 1, 4, 1, 5, 9, 2, 6),
    seed=b"\x5a" * 32,
    pot_id=UUID("a3b0c442-98fc-4c14-9afb-f4c8996fb924"),
    entry_cost=10,
    held=True,
    orchestrator=b"\x01" * 32,
    settlement=b"\x02" * 32,
)
PINNED = {
    "orchestrator_keys": [ORCHESTRATOR_PUBLIC],
    "settlement_keys": [SETTLEMENT_PUBLIC],
}


def judge(proof: dict[str, Any], **keys: Any) -> Verdict:
    """Verify as `pypot verify` does, by way of the text."""
    return verify(read_proof(to_text(proof).encode()), **keys)


def failed(verdict: Verdict) -> set[str]:
    return {check.name for check in verdict.failed}


def is_unbound(at: tuple[Step, ...]) -> bool:
    return any(name_of(at) == name or name_of(at).startswith(f"{name}.") for name in UNBOUND)


# --- What is valid ---


def test_a_valid_proof_passes_every_check_under_the_keys_it_was_signed_with() -> None:
    verdict = judge(PROOF, **PINNED)
    assert verdict.valid
    assert {check.outcome for check in verdict.checks} == {"ok"}
    assert verdict.summary == "valid, signed by the keys you trust"
    assert verdict.pot_id == PROOF["pot_id"]


def test_the_golden_proof_is_what_the_contract_makes_of_its_inputs() -> None:
    assert GOLDEN.read_text() == to_text(PROOF)
    assert PROOF["winner_index"] == 30
    assert read_proof(GOLDEN.read_bytes()) == Document(PROOF)


def test_without_trusted_keys_the_verdict_says_that_they_were_not_pinned() -> None:
    for keys, summary in (
        ({}, "valid, keys taken from the proof itself (not pinned)"),
        (
            {"orchestrator_keys": PINNED["orchestrator_keys"]},
            "valid, settlement key taken from the proof itself (not pinned)",
        ),
        (
            {"settlement_keys": PINNED["settlement_keys"]},
            "valid, orchestrator key taken from the proof itself (not pinned)",
        ),
    ):
        verdict = judge(PROOF, **keys)
        assert verdict.valid
        assert verdict.summary == summary


def test_a_proof_by_other_keys_is_valid_for_itself_and_not_for_who_trusts_ours() -> None:
    assert judge(OTHER).valid
    assert failed(judge(OTHER, **PINNED)) == {"orchestrator key", "settlement key"}


def test_any_of_several_trusted_keys_will_do_but_only_for_its_own_purpose() -> None:
    keys = [b"\x09" * 32, ORCHESTRATOR_PUBLIC]
    assert judge(PROOF, orchestrator_keys=keys, settlement_keys=[SETTLEMENT_PUBLIC]).valid
    swapped = judge(PROOF, orchestrator_keys=[SETTLEMENT_PUBLIC])
    assert failed(swapped) == {"orchestrator key"}


@pytest.mark.parametrize("counts", [(1, 1), (1, 99), (2**30, 2**30 - 1), (1,) * 65])
def test_pots_of_every_shape_have_valid_proofs(counts: tuple[int, ...]) -> None:
    assert judge(make_proof(counts=counts), **PINNED).valid


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 1000), min_size=2, max_size=30),
    st.binary(min_size=32, max_size=32).filter(any),
    st.uuids(),
    st.integers(1, 10**9),
    st.booleans(),
)
def test_every_honest_proof_is_valid(
    counts: list[int], seed: bytes, pot_id: UUID, entry_cost: int, held: bool
) -> None:
    verdict = judge(make_proof(counts, seed, pot_id, entry_cost, held), **PINNED)
    assert verdict.valid, verdict.failed


# --- What was tampered with ---


def spoil(value: Any) -> list[Any]:
    """Return values that are not `value`: near it, of another type, or in another spelling."""
    others: list[Any] = [None, "", [], {}, 1.5, [value], {"value": value}, True, False, -1, 0]
    if type(value) is int:
        others += [value + 1, value - 1, -value, str(value), float(value), value + 2**32]
        others += [2**31, 2**53, 2**63, 2**64 + value, 10**30]
    elif isinstance(value, bool):
        others += [int(value), str(value).lower()]
    elif isinstance(value, str):
        others += [value.upper(), value[:-1], f"{value}0", f" {value}", f"{value}\n", f"{value}\0"]
        others += [f"0x{value}", f"\\x{value}", value[::-1], value.encode().hex(), 0]
        for at in {0, len(value) // 2, len(value) - 1} if value else ():
            for digit in "0123456789abcdefg\u0661":
                others.append(f"{value[:at]}{digit}{value[at + 1 :]}")
    return [other for other in others if not (type(other) is type(value) and other == value)]


def test_every_change_of_every_bound_field_is_detected() -> None:
    missed = [
        (name_of(at), other)
        for at, value in leaves_of(PROOF)
        if not is_unbound(at)
        for other in spoil(value)
        if judge(replace(PROOF, at, other)).valid
    ]
    assert missed == []


def test_every_unbound_field_is_listed_and_each_is_held_to_its_form() -> None:
    for at, value in leaves_of(PROOF):
        if is_unbound(at):
            wrong = [other for other in spoil(value) if judge(replace(PROOF, at, other)).valid]
            # Of the same type and spelling: nothing in the proof could tell it from the true one.
            for other in wrong:
                assert type(other) is type(value), (name_of(at), other)
                if isinstance(value, str):
                    assert len(other) == len(value), (name_of(at), other)
    # Each of them is really unbound: a list that claims too much would be as wrong as none.
    for at, other in (
        (("winning_entry", "entry_id"), OTHER["pot_id"]),
        (("payout", "held"), True),
        (("audit", "seq"), 7),
        (("audit", "row_hash"), "0" * 64),
        (("settled_at",), "2027-01-01T00:00:00.000000Z"),
    ):
        assert is_unbound(at)
        assert judge(replace(PROOF, at, other), **PINNED).valid
    assert {at[0] for at, _ in leaves_of(PROOF) if is_unbound(at)} == {
        name.split(".")[0] for name in UNBOUND
    }


def test_a_field_that_is_missing_added_or_renamed_is_detected() -> None:
    for at in containers_of(PROOF):
        inside = get(PROOF, at)
        if isinstance(inside, dict):
            for name in inside:
                less = copy.deepcopy(PROOF)
                value = get(less, at).pop(name)
                assert failed(judge(less)) <= {"form"}
                assert not judge(less).valid, name_of((*at, name))
                get(less, at)[name.upper()] = value
                assert not judge(less).valid, name_of((*at, name))
            more = copy.deepcopy(PROOF)
            get(more, at)["extra"] = None
            assert failed(judge(more)) == {"form"}


def test_an_object_or_list_of_another_shape_is_detected() -> None:
    for at in containers_of(PROOF):
        others: list[Any] = [None, [], {}, [[]], [None], 1, "text", True]
        for other in others:
            if at and other != get(PROOF, at):
                assert not judge(replace(PROOF, at, other)).valid, name_of(at)


def test_a_path_with_steps_dropped_doubled_or_swapped_is_detected() -> None:
    at = ("winning_entry", "merkle_path")
    steps = get(PROOF, at)
    assert len(steps) == 3
    variants = [steps[:i] + steps[i + 1 :] for i in range(3)]
    variants += [steps[: i + 1] + steps[i:] for i in range(3)]
    variants += [steps[::-1], [steps[1], steps[0], steps[2]], steps * 11]
    for variant in variants:
        assert not judge(replace(PROOF, at, variant)).valid


def test_parts_of_another_valid_proof_do_not_fit() -> None:
    for name, value in OTHER.items():
        if value != PROOF[name] and name not in UNBOUND:
            assert not judge({**PROOF, name: value}).valid, name


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_byte_changed_anywhere_in_the_file_is_detected(data: st.DataObject) -> None:
    content = bytearray(GOLDEN.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    try:
        document = read_proof(bytes(content))
    except UnreadableInputError:
        return
    if verify(document).valid:
        changed = {name for name in PROOF if document.value.get(name) != PROOF[name]}
        assert changed <= {name.split(".")[0] for name in UNBOUND}


# --- Each check, by name ---

RULES = json.loads(PROOF["rules_text"])


def reseal(proof: dict[str, Any]) -> dict[str, Any]:
    """Return `proof` made consistent and signed again, as a dishonest operator could."""
    again = copy.deepcopy(proof)
    pot_id = UUID(again["pot_id"])
    seed = bytes.fromhex(again["reveal_seed"])
    commitment = bytes.fromhex(again["commit_hash"])
    again["rules_hash"] = draw.rules_hash(again["rules_text"], GAME).hex()
    again["commit_tag"] = draw.commit_tag(pot_id, commitment, GAME).hex()
    digest = draw.lock_digest(
        round_id=pot_id,
        draw_version=1,
        commitment=commitment,
        rules=bytes.fromhex(again["rules_hash"]),
        entries_root=bytes.fromhex(again["entries_root"]),
        total_tickets=again["total_tickets"],
        locked_at=read_time(again["locked_at"]),
        game=GAME,
    )
    again["lock_digest"] = digest.hex()
    again["orchestrator"] = signed(
        ORCHESTRATOR, "orchestrator", signing.orchestrator_message(digest, GAME)
    )
    again["settlement"] = signed(
        SETTLEMENT, "settlement", signing.settlement_message(digest, seed, GAME)
    )
    return again


def with_rules(**changes: int) -> dict[str, Any]:
    return reseal({**PROOF, "rules_text": canonical_json({**RULES, **changes})})


def test_resealing_an_honest_proof_changes_nothing() -> None:
    assert reseal(PROOF) == PROOF


@pytest.mark.parametrize(
    ("at", "value", "names"),
    [
        (("rules_hash",), "0" * 64, {"rules_hash", "lock_digest"}),
        (("commit_tag",), "0" * 64, {"commit_tag"}),
        (("hmac",), "0" * 64, {"hmac", "winner_index"}),
        (("winner_index",), 31, {"winner_index", "winning_ticket"}),
        (("winning_ticket",), 31, {"winning_ticket"}),
        (("winning_entry", "first_ticket"), 9, {"first_ticket"}),
        (("winning_entry", "first_ticket"), 31, {"first_ticket", "winning_range"}),
        (("winning_entry", "entrant_tag"), "0" * 64, {"entries_root"}),
        (
            ("winning_entry", "merkle_path", 0, "sum"),
            11,
            {"entries_root", "total_tickets", "first_ticket"},
        ),
        (("orchestrator", "kid"), "0" * 16, {"orchestrator kid"}),
        (("settlement", "kid"), "0" * 16, {"settlement kid"}),
        (("orchestrator", "signature"), "0" * 128, {"orchestrator signature"}),
        (("settlement", "signature"), "0" * 128, {"settlement signature"}),
        (("payout", "credits"), 24999, {"payout.credits"}),
        (("payout", "escrow_after"), 1, {"payout.escrow_after"}),
        (("settled_at",), "2026-11-22T17:49:34.123455Z", {"settled_at"}),
        (("locked_at",), "2026-11-22T17:49:34.123457Z", {"lock_digest"}),
        (("pot_id",), OTHER["pot_id"], {"commit_tag", "lock_digest", "entries_root"}),
    ],
)
def test_the_check_that_fails_is_named(
    at: tuple[Step, ...], value: object, names: set[str]
) -> None:
    verdict = judge(replace(PROOF, at, value), **PINNED)
    assert failed(verdict) == names
    assert verdict.summary == "not valid: " + ", ".join(check.name for check in verdict.failed)


@pytest.mark.parametrize(
    ("proof", "names"),
    [
        (with_rules(max_tickets=99), {"max_tickets"}),
        (with_rules(max_per_user=24), {"max_per_user"}),
        (with_rules(min_participants=77), {"min_participants"}),
        (with_rules(entry_cost=251), {"payout.credits"}),
        (reseal({**PROOF, "total_tickets": 101}), {"winner_index", "total_tickets"}),
        (reseal({**PROOF, "entries_root": "0" * 64}), {"entries_root"}),
        (reseal({**PROOF, "reveal_seed": "1" * 64}), {"commit_hash", "hmac"}),
    ],
)
def test_an_operator_who_signs_a_lie_is_still_caught(
    proof: dict[str, Any], names: set[str]
) -> None:
    assert names <= failed(judge(proof, **PINNED))
    assert not {name for name in failed(judge(proof, **PINNED)) if "signature" in name}


def test_the_seed_of_zeros_is_refused_though_everything_fits_it() -> None:
    assert failed(judge(make_proof(seed=bytes(32)), **PINNED)) == {"reveal_seed"}


def test_another_entry_cannot_pose_as_the_winner() -> None:
    # A true entry of the same pot with its true path, which does not hold the winning ticket.
    other = make_proof(seed=b"\x03" * 32)
    assert other["winning_entry"] != PROOF["winning_entry"]
    assert failed(judge({**PROOF, "winning_entry": other["winning_entry"]})) == {"winning_range"}


def test_one_partys_signature_is_not_the_others() -> None:
    digest = bytes.fromhex(PROOF["lock_digest"])
    posing = signed(ORCHESTRATOR, "settlement", signing.orchestrator_message(digest, GAME))
    assert failed(judge({**PROOF, "settlement": posing})) == {"settlement signature"}


def test_a_key_of_small_order_signs_nothing() -> None:
    # With the neutral element as its key, R = 1 and S = 0 is OpenSSL's idea of a signature.
    key = (1).to_bytes(32, "little")
    weak = {
        "kid": signing.kid("settlement", key, GAME),
        "public_key": key.hex(),
        "signature": (key + bytes(32)).hex(),
    }
    assert failed(judge({**PROOF, "settlement": weak})) == {"settlement signature"}


# --- rules_text ---


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        "NaN",
        PROOF["rules_text"] + " ",
        PROOF["rules_text"].replace(",", ", "),
        PROOF["rules_text"].replace("250", "250.0"),
        PROOF["rules_text"].replace("250", "2.5e2"),
        PROOF["rules_text"].replace("250", "true"),
        PROOF["rules_text"].replace("250", '"250"'),
        PROOF["rules_text"].replace("250", "0"),
        PROOF["rules_text"].replace("250", "-250"),
        PROOF["rules_text"].replace("250", "9" * 5000),
        PROOF["rules_text"].replace("entry_cost", "entry\\u005fcost"),
        PROOF["rules_text"].replace('"draw_version":1', '"draw_version":2'),
        PROOF["rules_text"].replace("{", '{"draw_version":1,'),
        PROOF["rules_text"].replace("}", ',"zeta":1}'),
        PROOF["rules_text"].replace(',"min_participants":2', ""),
        json.dumps(dict(reversed(RULES.items())), separators=(",", ":")),
        "[" * 50_000,
        '"\ud83d"',
    ],
)
def test_rules_in_another_spelling_or_of_other_keys_are_refused(text: str) -> None:
    proof = {**PROOF, "rules_text": text}
    verdict = judge(proof, **PINNED)
    assert "rules_text" in failed(verdict)
    assert [check.name for check in verdict.checks if check.outcome == "skipped"] == [
        "rules_hash and lock_digest",
        "limits and payout",
    ]


# --- What cannot be read, and what can be read in two ways ---


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"proof"',
        b"1",
        b"NaN",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b'{"a": Infinity}',
        b"[" * 100_000,
        b" " * (LONGEST_PROOF + 1),
        to_text(PROOF).replace("6,", "NaN,", 1).encode(),
    ],
    ids=lambda content: repr(content[:12]),
)
def test_what_is_not_a_json_object_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableInputError):
        read_proof(content)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"version": 1', '"version": 1, "version": 1'),
        ('"version": 1', '"version": 2, "version": 1'),
        ('"held": false', '"held": true, "held": false'),
        ('"escrow_after": 0', '"escrow_after": -0'),
        ('"escrow_after": 0', '"escrow_after": 0.0'),
        ('"escrow_after": 0', '"escrow_after": 0e0'),
        ('"seq": 6', '"seq": 9007199254740993'),
        ('"seq": 6', f'"seq": {"9" * 5000}'),
    ],
)
def test_what_two_programs_may_read_differently_is_not_valid(old: str, new: str) -> None:
    text = to_text(PROOF)
    assert text.count(old) == 1
    assert failed(verify(read_proof(text.replace(old, new).encode()))) == {"form"}


@pytest.mark.parametrize(
    ("name", "said"), [("version", "version 2"), ("draw_version", "draw_version 2")]
)
def test_a_proof_of_another_kind_is_said_to_be_unsupported(name: str, said: str) -> None:
    verdict = judge({**PROOF, name: 2})
    assert not verdict.valid
    assert failed(verdict) == {name}
    assert verdict.checks[0].detail.startswith(f"{said} is not supported by this version")


@pytest.mark.parametrize("name", ["version", "draw_version"])
def test_true_is_not_the_number_one(name: str) -> None:
    assert failed(judge({**PROOF, name: True})) == {"form"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_whatever_the_object_holds_ends_in_a_verdict(data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([at for at in containers_of(PROOF) if at]))
    leaf = data.draw(st.sampled_from([at for at, _ in leaves_of(PROOF)]))
    value = data.draw(JSON)
    verdict = verify(Document(replace(replace(PROOF, leaf, value), at, value)))
    assert not verdict.valid
    assert verdict.summary.startswith("not valid: ")


def test_a_hostile_value_reaches_no_terminal_unescaped() -> None:
    for name in ("pot_id", "rules_text", "\x1b[2J"):
        verdict = judge({**PROOF, name: "\x1b[31m[red]\u202e" + "x" * 10_000})
        details = "".join(check.detail for check in verdict.checks)
        assert details.isascii()
        assert details.isprintable()
        assert len(details) < 5_000


def test_the_json_report_says_what_was_checked_and_what_cannot_be() -> None:
    report = judge(PROOF).as_json()
    assert report["valid"] is True
    assert report["pot_id"] == PROOF["pot_id"]
    assert len(report["not_proven"]) == len(UNBOUND) + 1
    assert all(set(check) == {"name", "outcome", "detail"} for check in report["checks"])
    assert json.loads(json.dumps(report)) == report
