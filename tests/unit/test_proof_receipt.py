"""A receipt shows that its entry was in the draw, or that it was left out, moved or changed."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pypot_cli.fairness import draw, merkle
from pypot_cli.game import GAME
from pypot_cli.proof import Document, Trust, verify_receipt
from pypot_cli.proof.bundle import Rest
from pypot_cli.proof.receipt import ReceiptVerdict
from tests.unit.proofs import (
    COUNTS,
    ORCHESTRATOR_PUBLIC,
    POT,
    QUICKNET,
    SETTLEMENT_PUBLIC,
    leaves_of,
    make_leaves,
    make_proof,
    path_of,
    replace,
)

TRUST = Trust(orchestrator_keys=[ORCHESTRATOR_PUBLIC], settlement_keys=[SETTLEMENT_PUBLIC])
PROOFS = [make_proof(), make_proof(draw_2=QUICKNET)]
TAGS, LEAVES = make_leaves(COUNTS, POT)
ENTRIES = [
    {"first_ticket": sum(COUNTS[:i]), "ticket_count": count, "entrant_tag": TAGS[i].hex()}
    for i, count in enumerate(COUNTS)
]
BOTH = pytest.mark.parametrize("proof", PROOFS, ids=["draw 1", "draw 2"])


def early(number: int) -> dict[str, Any]:
    """Return the receipt of an entry, counted from 0, as it was before the lock."""
    return {
        "entry_id": f"7c9e6679-7425-40de-944b-e07fc1f90a0{number}",
        "pot_id": str(POT),
        "seq": 100 + 7 * number,
        "ticket_count": COUNTS[number],
        "salt": (bytes([number + 1]) * 32).hex(),
        "entrant_tag": TAGS[number].hex(),
    }


def late(number: int) -> dict[str, Any]:
    """Return the same receipt from the lock on."""
    return {
        **early(number),
        "first_ticket": sum(COUNTS[:number]),
        "merkle_path": path_of(LEAVES, number),
    }


def judge(receipt: Any, proof: Any, number: int = 1, entries: Any = None) -> ReceiptVerdict:
    return verify_receipt(
        Document(receipt),
        Document(proof),
        user_id=UUID(int=number + 1),
        trust=TRUST,
        rest=Rest(entries=entries),
    )


def failed(verdict: ReceiptVerdict) -> set[str]:
    return {check.name for check in verdict.failed}


@BOTH
@pytest.mark.parametrize("number", range(len(COUNTS)))
def test_every_player_sees_the_own_entry_in_the_draw_and_whether_it_won(
    proof: dict[str, Any], number: int
) -> None:
    for verdict in (
        judge(late(number), proof, number),
        judge(late(number), proof, number, ENTRIES),
        judge(early(number), proof, number, ENTRIES),
    ):
        assert verdict.valid, verdict.checks
        won = proof["winning_entry"]["entrant_tag"] == TAGS[number].hex()
        assert verdict.won is won
        assert f"the entry was in the draw and {'won' if won else 'did not win'}" in verdict.summary
        assert verdict.as_json()["won"] is won


@BOTH
def test_an_early_receipt_shows_nothing_without_the_entries(proof: dict[str, Any]) -> None:
    verdict = judge(early(0), proof, 0)
    assert not verdict.valid
    assert not verdict.failed
    assert verdict.won is None
    assert verdict.summary == "not shown: merkle_path"


@BOTH
def test_an_entry_that_was_left_out_moved_or_changed_is_told(proof: dict[str, Any]) -> None:
    for entries, names in (
        (ENTRIES[1:], {"proof", "listed"}),
        ([{**ENTRIES[0], "ticket_count": 9}, *ENTRIES[1:]], {"proof", "listed"}),
        ([{**ENTRIES[0], "entrant_tag": TAGS[1].hex()}, *ENTRIES[1:]], {"proof", "listed"}),
        ([], {"proof", "listed"}),
        ([None, 1, "x", []], {"proof", "listed"}),
        ([{**ENTRIES[0], "first_ticket": "0"}], {"proof", "listed"}),
    ):
        assert failed(judge(early(0), proof, 0, entries)) == names
    # A pot without the player's entry, whose proof is as good as any.
    without = make_proof(COUNTS[1:], draw_2=QUICKNET if proof["beacon"] else None)
    assert "entries_root" in failed(judge(late(0), without, 0))
    assert failed(judge(early(0), without, 0, ENTRIES)) >= {"proof"}


@BOTH
def test_every_field_of_a_receipt_counts_but_those_that_are_listed(proof: dict[str, Any]) -> None:
    unbound = {"entry_id", "seq"}
    for receipt, entries in ((late(1), None), (early(1), ENTRIES)):
        for at, value in leaves_of(receipt):
            if isinstance(value, int):
                others: list[Any] = [value + 1, -value, str(value), float(value), None, True]
            else:
                others = [value.upper(), value[:-1], None, 1, value.replace(value[0], "7"), ""]
                others += ["left" if value == "right" else "right"]
            for other in others:
                if other == value and type(other) is type(value):
                    continue
                verdict = judge(replace(receipt, at, other), proof, entries=entries)
                if at[0] in unbound and verdict.valid:
                    assert type(other) is type(value)
                else:
                    assert not verdict.valid, (at, other)
    told = " ".join(judge(late(1), proof).not_proven)
    assert all(f"{name}: " in told for name in unbound)


@BOTH
def test_a_field_that_is_missing_or_added_is_told(proof: dict[str, Any]) -> None:
    for receipt in (late(1), early(1)):
        assert failed(judge({**receipt, "extra": 1}, proof)) == {"form"}
        for name in receipt:
            less = {key: value for key, value in receipt.items() if key != name}
            assert not judge(less, proof).valid


@BOTH
def test_a_receipt_of_somebody_else_or_of_another_pot_is_told(proof: dict[str, Any]) -> None:
    assert failed(judge(late(1), proof, number=2)) == {"entrant_tag"}
    other = make_proof(pot_id=UUID(int=7))
    assert "pot_id" in failed(judge(late(1), other))
    assert not judge(late(1), proof).failed


def test_without_a_user_id_the_tag_is_not_shown_to_be_the_players() -> None:
    verdict = verify_receipt(Document(late(1)), Document(PROOFS[0]), trust=TRUST)
    assert verdict.valid
    assert {check.name for check in verdict.checks if check.outcome == "not pinned"} == {
        "entrant_tag"
    }
    assert verdict.summary.endswith("with things not pinned")


TRUSTED = ("proof", "ok", "valid, signed by the keys you trust")
FORM = ("form", "ok", "every field is there, no other is, and each has its one spelling")
OF_POT = ("pot_id", "ok", f"{POT} is the proof's pot")
NOTHING = ("the entry", "skipped", "there is nothing to compare")
FOLDED = [
    ("entries_root", "ok", f"the entry folded with 3 siblings = {PROOFS[0]['entries_root']}"),
    ("total_tickets", "ok", "tickets of the entry and of all its siblings = 100"),
    ("first_ticket", "ok", "tickets on the left of it = 10"),
]
WON = ("winner", "ok", "tickets 10 to 34 are those with the winning 30")
LOST = ("winner", "ok", "tickets 0 to 9 are not those with the winning 30")


def tag_of(number: int) -> tuple[str, str, str]:
    return "entrant_tag", "ok", f"HMAC-SHA256(key salt, pot_id, user_id) = {TAGS[number].hex()}"


def less(name: str) -> dict[str, Any]:
    return {key: value for key, value in late(1).items() if key != name}


@pytest.mark.parametrize(
    ("number", "receipt", "entries", "told"),
    [
        (1, late(1), None, [TRUSTED, FORM, OF_POT, tag_of(1), *FOLDED, WON]),
        (
            0,
            early(0),
            ENTRIES,
            [
                TRUSTED,
                FORM,
                OF_POT,
                tag_of(0),
                ("listed", "ok", "the entry is one of the entries"),
                LOST,
            ],
        ),
        (
            0,
            early(0),
            ENTRIES[1:],
            [
                (
                    "proof",
                    "failed",
                    "not valid: entries order, entries entries_root, entries total_tickets",
                ),
                FORM,
                OF_POT,
                tag_of(0),
                ("listed", "failed", "the entry is not one of the entries"),
            ],
        ),
        (
            0,
            early(0),
            None,
            [
                TRUSTED,
                FORM,
                OF_POT,
                tag_of(0),
                (
                    "merkle_path",
                    "skipped",
                    "this receipt is from before the lock: fetch it again, or give the --entries",
                ),
            ],
        ),
        (
            1,
            {**late(1), "first_ticket": 11, "pot_id": str(UUID(int=7))},
            None,
            [
                TRUSTED,
                FORM,
                ("pot_id", "failed", f"{UUID(int=7)} is not the proof's pot"),
                (
                    "entrant_tag",
                    "failed",
                    "HMAC-SHA256(key salt, pot_id, user_id) = "
                    + draw.entrant_tag(b"\x02" * 32, UUID(int=7), UUID(int=2)).hex()
                    + f", but the receipt says {TAGS[1].hex()}",
                ),
                *FOLDED[:2],
                (
                    "first_ticket",
                    "failed",
                    "tickets on the left of it = 10, but the receipt says 11",
                ),
                ("winner", "ok", "tickets 11 to 35 are those with the winning 30"),
            ],
        ),
        (
            1,
            {**late(1), "extra": 1},
            None,
            [TRUSTED, ("form", "failed", "'extra' is not a field of a receipt"), NOTHING],
        ),
        (
            1,
            less("merkle_path"),
            None,
            [TRUSTED, ("form", "failed", "merkle_path is missing"), NOTHING],
        ),
        (
            1,
            less("first_ticket"),
            None,
            [TRUSTED, ("form", "failed", "first_ticket is missing"), NOTHING],
        ),
    ],
    ids=[
        "won",
        "lost, by the list",
        "not listed",
        "nothing to look in",
        "of another pot and place",
        "a field too many",
        "no path",
        "no first ticket",
    ],
)
def test_of_each_thing_that_was_looked_at_is_told_what_was_found(
    number: int, receipt: dict[str, Any], entries: Any, told: list[tuple[str, str, str]]
) -> None:
    verdict = judge(receipt, PROOFS[0], number, entries)
    assert [(check.name, check.outcome, check.detail) for check in verdict.checks] == told
    assert (verdict.pot_id, verdict.draw_version) == (str(POT), 1)


def test_what_was_not_pinned_is_told_with_what_to_give() -> None:
    verdict = verify_receipt(Document(late(1)), Document(PROOFS[0]))
    assert [(check.name, check.outcome, check.detail) for check in verdict.checks] == [
        ("proof", "not pinned", "valid, keys taken from the proof itself (not pinned)"),
        FORM,
        OF_POT,
        ("entrant_tag", "not pinned", "give --user-id to see that the tag stands for you"),
        *FOLDED,
        WON,
    ]


@pytest.mark.parametrize(("first", "won"), [(20, False), (21, True), (30, True), (31, False)])
def test_an_entry_wins_from_its_first_ticket_to_its_last(first: int, won: bool) -> None:
    """Ten tickets, listed somewhere about the winning 30, of somebody who is not the winner."""
    verdict = judge(early(0), PROOFS[0], 0, [{**ENTRIES[0], "first_ticket": first}])
    assert verdict.won is won
    assert ("winner" in failed(verdict)) is won


def test_a_receipt_beside_a_bad_proof_proves_nothing() -> None:
    for proof in ({}, {**PROOFS[0], "hmac": 1}, {**PROOFS[0], "winning_ticket": 31}):
        verdict = judge(late(1), proof)
        assert "proof" in failed(verdict)
        assert not verdict.valid
    # Another winner than the ticket says: the proof fails, and so does what the receipt tells.
    posing = replace(PROOFS[0], ("winning_entry",), make_proof(seed=b"\x03" * 32)["winning_entry"])
    assert failed(judge(late(1), posing)) == {"proof", "winner"}


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 50), min_size=2, max_size=40), st.data())
def test_every_entry_of_any_pot_has_a_receipt_that_holds(
    counts: list[int], data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(counts) - 1))
    tags, leaves = make_leaves(counts, POT)
    salt = bytes([number + 1]) * 32
    assert tags[number] == draw.entrant_tag(salt, POT, UUID(int=number + 1))
    assert leaves[number] == merkle.leaf(POT, counts[number], tags[number], GAME)
    receipt = {
        **early(0),
        "ticket_count": counts[number],
        "salt": salt.hex(),
        "entrant_tag": tags[number].hex(),
        "first_ticket": sum(counts[:number]),
        "merkle_path": path_of(leaves, number),
    }
    assert judge(receipt, make_proof(counts), number).valid
