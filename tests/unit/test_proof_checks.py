"""Each check of a proof by its name, its outcome and its sentence, as a report shows them."""

from collections.abc import Iterable
from typing import Any

import pytest

from pypot_cli.fairness import signing
from pypot_cli.fairness.canonical import read_time, write_time
from pypot_cli.game import GAME
from pypot_cli.proof import Document, Trust, checks, verify
from pypot_cli.proof.verdict import Check
from tests.unit.proofs import (
    ATTESTER_PUBLIC,
    GOLDEN,
    GOLDEN_2,
    LOG_KEY,
    ORCHESTRATOR,
    ORCHESTRATOR_PUBLIC,
    QUICKNET,
    SETTLEMENT_PUBLIC,
    WITNESS_KEY,
    Step,
    make_proof,
    make_release,
    name_of,
    own_chain,
    replace,
    signed,
    to_text,
)

PROOF = make_proof()
PROOF_2 = make_proof(draw_2=QUICKNET)
PINNED = Trust([ORCHESTRATOR_PUBLIC], [SETTLEMENT_PUBLIC])
WATCHED = Trust(
    [ORCHESTRATOR_PUBLIC],
    [SETTLEMENT_PUBLIC],
    [ATTESTER_PUBLIC],
    witness_keys=[WITNESS_KEY],
    log_keys=[LOG_KEY],
)
RULES = {
    "draw_version": 1,
    "entry_cost": 250,
    "max_per_user": 40,
    "max_tickets": 100,
    "min_participants": 2,
}
ORCHESTRATOR_HEX = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
SETTLEMENT_HEX = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"


def amiss(found: Iterable[Check]) -> list[tuple[str, str, str]]:
    """Return what a report says of the checks that are not ok."""
    return [(check.name, check.outcome, check.detail) for check in found if check.outcome != "ok"]


def judge(proof: dict[str, Any], trust: Trust = PINNED) -> list[tuple[str, str, str]]:
    return amiss(verify(Document(proof), trust).checks)


@pytest.mark.parametrize(
    ("proof", "trust", "version"), [(PROOF, Trust(), 1), (PROOF_2, WATCHED, 2)]
)
def test_the_whole_report_of_each_golden_proof_is_known(
    proof: dict[str, Any], trust: Trust, version: int
) -> None:
    # For whoever writes another verifier: what this one says, beside the proof it says it of.
    golden = (GOLDEN, GOLDEN_2)[version - 1]
    report = golden.with_name(f"settlement_verdict_v{version}.json")
    assert golden.read_text() == to_text(proof)
    assert to_text(verify(Document(proof), trust).as_json()) == report.read_text()


@pytest.mark.parametrize(
    ("at", "check", "other"),
    [
        (("commit_hash",), "commit_hash", "0" * 64),
        (("commit_tag",), "commit_tag", "0" * 64),
        (("rules_hash",), "rules_hash", "0" * 64),
        (("lock_digest",), "lock_digest", "0" * 64),
        (("hmac",), "hmac", "0" * 64),
        (("winner_index",), "winner_index", 31),
        (("beacon", "round"), "beacon.round", 657414),
        (("beacon", "rotation"), "beacon.rotation", 84),
        (("winning_ticket",), "winning_ticket", 16),
        (("entries_root",), "entries_root", "0" * 64),
        (("total_tickets",), "total_tickets", 101),
        (("winning_entry", "first_ticket"), "first_ticket", 11),
        (("payout", "credits"), "payout.credits", 25001),
        (("orchestrator", "kid"), "orchestrator kid", "0" * 16),
        (("settlement", "kid"), "settlement kid", "0" * 16),
        (("beacon", "kid"), "beacon kid", "0" * 16),
    ],
    ids=lambda value: name_of(value) if isinstance(value, tuple) else None,
)
def test_a_value_that_does_not_follow_is_shown_beside_the_one_that_does(
    at: tuple[Step, ...], check: str, other: object
) -> None:
    for proof in [PROOF_2] if at[0] == "beacon" else [PROOF, PROOF_2]:
        good = {each.name: each.detail for each in verify(Document(proof), WATCHED).checks}
        said = (check, "failed", f"{good[check]}, but the proof says {other}")
        assert said in judge(replace(proof, at, other), WATCHED)


def test_the_seed_of_zeros_is_named() -> None:
    assert judge(make_proof(seed=bytes(32))) == [
        ("reveal_seed", "failed", "the seed is not all zero")
    ]


def test_without_rules_what_needs_them_is_skipped() -> None:
    fault = "rules_text is not in its RFC 8785 canonical spelling"
    skipped = [
        ("rules_text", "failed", fault),
        ("rules_hash and lock_digest", "skipped", "they need a rules_text"),
        ("limits and payout", "skipped", "they need a rules_text"),
    ]
    for proof in (PROOF, PROOF_2):
        spaced = {**proof, "rules_text": proof["rules_text"].replace(",", ", ")}
        assert judge(spaced, WATCHED) == skipped


def test_where_an_entry_stands_is_told_of_what_says_so() -> None:
    moved = {**PROOF["winning_entry"], "first_ticket": 11}
    found = checks.placed(moved, "the entry", "the receipt", PROOF)
    said = "tickets on the left of it = 10, but the receipt says 11"
    assert amiss(found) == [("first_ticket", "failed", said)]


@pytest.mark.parametrize("ticket", [9, 10, 34, 35])
def test_the_winning_ticket_is_one_of_those_from_the_first_to_the_last(ticket: int) -> None:
    found = list(checks.entry({**PROOF, "winning_ticket": ticket}))
    said = f"winning ticket {ticket}; the entry holds 10 to 34"
    outcome = "ok" if ticket in (10, 34) else "failed"
    assert found[-1] == Check("winning_range", outcome, said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"max_tickets": 100, "max_per_user": 25, "min_participants": 76}, []),
        ({"max_tickets": 99}, [("max_tickets", "failed", "100 tickets, of 99 at most")]),
        (
            {"max_per_user": 24},
            [("max_per_user", "failed", "the winning entry has 25, of 24 a user at most")],
        ),
        (
            {"min_participants": 77},
            [
                (
                    "min_participants",
                    "failed",
                    "75 tickets belong to others, who must be 76 or more",
                )
            ],
        ),
    ],
)
def test_the_rules_are_kept_up_to_their_borders(
    rules: dict[str, int], said: list[tuple[str, str, str]]
) -> None:
    assert amiss(checks.limits(PROOF, RULES | rules)) == said


def test_no_credit_stays_behind() -> None:
    proof = replace(PROOF, ("payout", "escrow_after"), 1)
    said = "1 credits stayed in the pot's escrow"
    assert judge(proof) == [("payout.escrow_after", "failed", said)]


def test_a_pot_is_not_settled_before_it_is_locked() -> None:
    at = read_time(PROOF["locked_at"])
    same, before = write_time(at), write_time(at - 1)
    assert judge({**PROOF, "settled_at": same}) == []
    said = "locked 2026-11-22T17:49:34.123456Z, settled 2026-11-22T17:49:34.123455Z"
    assert judge({**PROOF, "settled_at": before}) == [("settled_at", "failed", said)]


PAID, RETURNED = make_release(PROOF), make_release(PROOF, "returned")
SETTLED = read_time(PROOF["settled_at"])


@pytest.mark.parametrize(
    ("proof", "changes", "fair"),
    [
        (PAID, {}, True),
        (PAID, {"tickets": 24}, False),
        (PAID, {"tickets": 26}, False),
        (PAID, {"entries": 2}, False),
        (PAID, {"credits": 24_999}, False),
        (PAID, {"credits": 25_001}, False),
        (PAID, {"released_at": write_time(SETTLED)}, True),
        (PAID, {"released_at": write_time(SETTLED - 1)}, False),
        (RETURNED, {}, True),
        (RETURNED, {"entries": 75}, True),
        (RETURNED, {"entries": 76}, False),
        (RETURNED, {"tickets": 74}, True),
        (RETURNED, {"tickets": 76}, False),
        (RETURNED, {"tickets": 99}, False),
        (RETURNED, {"tickets": 100}, True),
        (RETURNED, {"tickets": 101}, False),
        # As many tickets as the winner's, but returned: each of them may be an entry.
        (RETURNED, {"entries": 25, "tickets": 25}, True),
        (RETURNED, {"credits": 24_999}, False),
    ],
)
def test_a_held_payout_goes_whole_to_the_winner_or_to_the_others(
    proof: dict[str, Any], changes: dict[str, Any], fair: bool
) -> None:
    given = {**proof["release"], **changes}
    verdict = verify(Document({**proof, "release": given}), PINNED)
    said = f"{given['outcome']} {given['released_at']}: "
    said += f"{given['credits']} credits to {given['tickets']} tickets"
    assert verdict.checks[-1] == Check("release", "ok" if fair else "failed", said)
    assert verdict.valid is fair


def test_only_a_payout_that_was_held_is_released() -> None:
    for proof in (PAID, RETURNED):
        at_once = replace(proof, ("payout", "held"), False)
        assert [name for name, _, _ in judge(at_once)] == ["release"]
    for proof in (PROOF, {**PROOF, "release": None}):
        assert list(checks.release(proof)) == []


def test_a_signature_by_another_key_or_for_another_purpose_is_named() -> None:
    for party, key in (("orchestrator", ORCHESTRATOR_HEX), ("settlement", SETTLEMENT_HEX)):
        said = (f"{party} signature", "failed", f"it is not an Ed25519 signature by {key}")
        assert judge(replace(PROOF, (party, "signature"), "0" * 128)) == [said]
    digest = bytes.fromhex(PROOF["lock_digest"])
    posing = signed(ORCHESTRATOR, "settlement", signing.orchestrator_message(digest, GAME))
    why = f"it is not an Ed25519 signature by {ORCHESTRATOR_HEX}"
    assert judge({**PROOF, "settlement": posing}, Trust([ORCHESTRATOR_PUBLIC])) == [
        ("settlement signature", "failed", why),
        (
            "settlement key",
            "not pinned",
            "taken from the proof itself; give --settlement-key to say whom you trust",
        ),
    ]


def test_a_key_that_is_not_trusted_for_its_purpose_is_named() -> None:
    both = [b"\x09" * 32, ORCHESTRATOR_PUBLIC]
    assert judge(PROOF, Trust(both, [SETTLEMENT_PUBLIC])) == []
    swapped = Trust([SETTLEMENT_PUBLIC], [ORCHESTRATOR_PUBLIC], [ORCHESTRATOR_PUBLIC])
    said = [
        ("orchestrator key", "failed", f"{ORCHESTRATOR_HEX} is not one you trust"),
        ("settlement key", "failed", f"{SETTLEMENT_HEX} is not one you trust"),
    ]
    assert judge(PROOF, swapped) == said


# --- Before anything is computed ---


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"version": 2, "draw_version": 3},
            "version 2 is not supported by this version: it knows proofs of version 1 only",
        ),
        (
            {"draw_version": 3},
            "draw_version 3 is not supported by this version: it knows draws 1 and 2 only",
        ),
        (
            {"draw_version": 0, "hmac": 7},
            "draw_version 0 is not supported by this version: it knows draws 1 and 2 only",
        ),
    ],
)
def test_a_proof_of_another_kind_is_told_apart_from_a_bad_one(
    changes: dict[str, Any], said: str
) -> None:
    verdict = verify(Document({**PROOF, **changes}))
    assert amiss(verdict.checks) == [(said.split()[0], "failed", said)]
    assert (verdict.pot_id, verdict.draw_version) == (PROOF["pot_id"], None)
    assert len(verdict.checks) == 1


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        ({**PROOF, "hmac": 7}, "hmac must be 64 lower-case hex digits, not 7"),
        ({**PROOF_2, "hmac": 7}, "hmac must be 64 lower-case hex digits, not 7"),
        ({**PROOF, "zeta": 1}, "'zeta' is not a field of a proof"),
        ({**PROOF, "version": True}, "version must be the integer 1, not true"),
        ({**PROOF, "draw_version": True}, "draw_version must be the integer 1, not true"),
        ({**PROOF, "draw_version": "2"}, "draw_version must be the integer 1, not '2'"),
    ],
)
def test_of_a_malformed_proof_nothing_is_computed(proof: dict[str, Any], said: str) -> None:
    verdict = verify(Document(proof))
    assert amiss(verdict.checks) == [
        ("form", "failed", said),
        ("the draw", "skipped", "nothing can be computed from a malformed proof"),
    ]
    assert (verdict.pot_id, verdict.draw_version) == (PROOF["pot_id"], None)


@pytest.mark.parametrize("pot_id", [None, 7, "\x1b[2J", PROOF["pot_id"].upper()])
def test_a_pot_is_named_only_by_its_id(pot_id: object) -> None:
    assert verify(Document({**PROOF, "pot_id": pot_id})).pot_id is None
    assert verify(Document({**PROOF, "pot_id": pot_id, "version": 2})).pot_id is None


# --- What draw 2 adds (the beacon) ---


OWN = own_chain(private_key=0x5EED)


def test_a_beacon_is_quicknet_or_one_that_was_given_or_unknown() -> None:
    proof = make_proof(draw_2=OWN)
    name = OWN.chain.hash.hex()
    why = f"{name} is not drand quicknet; give its /info as --beacon-chain if you trust it"
    verdict = verify(Document(proof), WATCHED)
    assert amiss(verdict.checks) == [
        ("beacon chain", "failed", why),
        ("beacon.round and signature", "skipped", "they need the chain"),
    ]
    # Whether it was seen before the round cannot be known either.
    assert verdict.checks[-1].name == "settled_at"
    trust = Trust(chains=[QUICKNET.chain, OWN.chain])
    said = Check("beacon chain", "ok", f"{name} is one you gave")
    assert said in verify(Document(proof), trust).checks


def test_the_chain_is_the_one_of_the_rules() -> None:
    other = OWN.chain.hash.hex()
    proof = {**PROOF_2, "rules_text": make_proof(draw_2=OWN)["rules_text"]}
    said = f"the chain in rules_text = {other}, but the proof says {QUICKNET.chain.hash.hex()}"
    assert ("beacon.chain_hash", "failed", said) in judge(proof, WATCHED)


def test_a_signature_of_another_round_is_not_this_ones() -> None:
    proof = replace(PROOF_2, ("beacon", "signature"), "0" * 96)
    said = "it is not the chain's BLS signature of round 657413"
    assert ("beacon.signature", "failed", said) in judge(proof, WATCHED)


def test_a_pot_is_not_settled_before_its_round() -> None:
    due = read_time("2023-09-15T11:00:03.000000Z")
    assert judge({**PROOF_2, "settled_at": write_time(due)}, WATCHED) == []
    before = {**PROOF_2, "settled_at": write_time(due - 1)}
    said = "round 657413 is of 2023-09-15T11:00:03.000000Z, settled 2023-09-15T11:00:02.999999Z"
    assert judge(before, WATCHED) == [("round time", "failed", said)]


def test_a_round_after_the_year_9999_is_told_in_microseconds() -> None:
    # The last round of quicknet whose time has a date, and the one after it.
    for number, at in (
        (83_903_165_811, "9999-12-31T23:59:57.000000Z"),
        (83_903_165_812, "253402300800000000 microseconds after 1970"),
    ):
        proof = replace(PROOF_2, ("beacon", "round"), number)
        said = f"round {number} is of {at}, settled {PROOF_2['settled_at']}"
        assert ("round time", "failed", said) in judge(proof, WATCHED)


def test_who_handed_the_beacon_over_matters_to_who_names_a_key() -> None:
    key = ATTESTER_PUBLIC.hex()
    nobody = verify(Document(PROOF_2), PINNED)
    assert nobody.valid
    assert "beacon key" not in {check.name for check in nobody.checks}
    said = ("beacon key", "failed", f"{key} is not one you trust")
    other = Trust(PINNED.orchestrator_keys, PINNED.settlement_keys, [SETTLEMENT_PUBLIC])
    assert said in judge(PROOF_2, other)
    forged = replace(PROOF_2, ("beacon", "attestation"), "0" * 128)
    said = ("beacon attestation", "failed", f"it is not an Ed25519 signature by {key}")
    assert judge(forged, WATCHED) == [said]
