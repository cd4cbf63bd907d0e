"""A valid proof passes every check; changed in any way that matters, it fails a named one."""

import copy
import dataclasses
import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness import beacon, draw, note, signing, tlog
from pypot_cli.fairness.canonical import canonical_json, read_time, write_time
from pypot_cli.game import GAME
from pypot_cli.proof import (
    LONGEST_PROOF,
    UNBOUND,
    UNBOUND_2,
    Document,
    Trust,
    Verdict,
    read_proof,
    verify,
)
from tests.unit.proofs import (
    ATTESTER_PUBLIC,
    GOLDEN,
    GOLDEN_2,
    LOG_KEY,
    LOG_SECRET,
    ORCHESTRATOR,
    ORCHESTRATOR_PUBLIC,
    QUICKNET,
    SETTLEMENT,
    SETTLEMENT_PUBLIC,
    WITNESS_KEY,
    WITNESS_SECRET,
    Draw2,
    Step,
    containers_of,
    get,
    leaves_of,
    make_chain,
    make_proof,
    make_release,
    make_witness,
    name_of,
    own_chain,
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
# Draw 2: the same pot on a round of the real beacon, and the other one on a beacon of its own.
PROOF_2 = make_proof(draw_2=QUICKNET)
OWN = own_chain(private_key=0x5EED)
OTHER_2 = make_proof(
    counts=(3, 1, 4, 1, 5, 9, 2, 6),
    seed=b"\x5a" * 32,
    pot_id=UUID("a3b0c442-98fc-4c14-9afb-f4c8996fb924"),
    entry_cost=10,
    held=True,
    orchestrator=b"\x01" * 32,
    settlement=b"\x02" * 32,
    draw_2=dataclasses.replace(OWN, attester=b"\x03" * 32, seen=20),
)
BOTH = pytest.mark.parametrize(
    ("proof", "other"), [(PROOF, OTHER), (PROOF_2, OTHER_2)], ids=["draw 1", "draw 2"]
)
PINNED: dict[str, Any] = {
    "orchestrator_keys": [ORCHESTRATOR_PUBLIC],
    "settlement_keys": [SETTLEMENT_PUBLIC],
}
WATCHED: dict[str, Any] = {
    **PINNED,
    "beacon_keys": [ATTESTER_PUBLIC],
    "chains": [OWN.chain],
    "witness_keys": [WITNESS_KEY],
    "log_keys": [LOG_KEY],
}
"""Everything that can be pinned."""


def judge(proof: dict[str, Any], **keys: Any) -> Verdict:
    """Verify as `pypot verify` does, by way of the text."""
    return verify(read_proof(to_text(proof).encode()), Trust(**keys))


def failed(verdict: Verdict) -> set[str]:
    return {check.name for check in verdict.failed}


def is_unbound(at: tuple[Step, ...]) -> bool:
    return any(name_of(at) == name or name_of(at).startswith(f"{name}.") for name in UNBOUND)


def accepted(proof: dict[str, Any]) -> bool:
    """Whether a proof is taken for all it could be: valid and, with draw 2, witnessed."""
    verdict = judge(proof, **WATCHED)
    return verdict.valid and verdict.witnessed is not False


# --- What is valid ---


def test_a_valid_proof_passes_every_check_under_the_keys_it_was_signed_with() -> None:
    verdict = judge(PROOF, **PINNED)
    assert verdict.valid
    assert {check.outcome for check in verdict.checks} == {"ok"}
    assert verdict.summary == "valid, signed by the keys you trust"
    assert verdict.pot_id == PROOF["pot_id"]


def test_a_valid_proof_of_draw_2_is_witnessed_by_the_witness_that_was_named() -> None:
    verdict = judge(PROOF_2, **WATCHED)
    assert verdict.valid
    assert {check.outcome for check in verdict.checks} == {"ok"}
    assert verdict.summary == "valid, signed by the keys you trust; witnessed"
    assert verdict.draw_version == 2


def test_the_golden_proofs_are_what_the_contract_makes_of_their_inputs() -> None:
    assert GOLDEN.read_text() == to_text(PROOF)
    assert PROOF["winner_index"] == 30
    assert read_proof(GOLDEN.read_bytes()) == Document(PROOF)
    assert GOLDEN_2.read_text() == to_text(PROOF_2)
    assert PROOF_2["beacon"]["round"] == 657413
    assert PROOF_2["winner_index"] == 30
    assert PROOF_2["winning_ticket"] == (30 + PROOF_2["beacon"]["rotation"]) % 100


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
@pytest.mark.parametrize("draw_2", [None, QUICKNET], ids=["draw 1", "draw 2"])
def test_pots_of_every_shape_have_valid_proofs(
    counts: tuple[int, ...], draw_2: Draw2 | None
) -> None:
    assert accepted(make_proof(counts=counts, draw_2=draw_2))


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


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.integers(1, 1000), min_size=2, max_size=30),
    st.uuids(),
    st.integers(1, beacon.ORDER - 1),
    st.integers(1_600_000_000, 1_780_000_000),
    st.integers(1, 86_400),
    st.integers(1_780_000_000_000_000, 4_000_000_000_000_000),
)
def test_every_honest_proof_of_draw_2_is_valid_on_whichever_beacon(
    counts: list[int], pot_id: UUID, key: int, genesis: int, period: int, locked_at: int
) -> None:
    own = dataclasses.replace(own_chain(key, genesis, period), locked_at=write_time(locked_at))
    proof = make_proof(counts, pot_id=pot_id, draw_2=own)
    verdict = judge(proof, **{**WATCHED, "chains": [own.chain]})
    assert verdict.valid, verdict.failed
    assert verdict.witnessed


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


@BOTH
def test_every_change_of_every_bound_field_is_detected(
    proof: dict[str, Any], other: dict[str, Any]
) -> None:
    assert accepted(proof)
    missed = [
        (name_of(at), wrong)
        for at, value in leaves_of(proof)
        if not is_unbound(at)
        for wrong in [*spoil(value), *([get(other, at)] if at in dict(leaves_of(other)) else [])]
        if wrong != value or type(wrong) is not type(value)
        if accepted(replace(proof, at, wrong))
    ]
    assert missed == []


@pytest.mark.parametrize("outcome", ["paid", "returned"])
@pytest.mark.parametrize("proof", [PROOF, PROOF_2], ids=["draw 1", "draw 2"])
def test_what_became_of_a_held_payout_must_be_all_of_it(
    proof: dict[str, Any], outcome: str
) -> None:
    released = make_release(proof, outcome)
    verdict = judge(released, **WATCHED)
    assert verdict.valid, verdict.failed
    assert "release" in {check.name for check in verdict.checks}
    given = released["release"]
    total, prize = proof["total_tickets"], proof["payout"]["credits"]
    lies: list[dict[str, Any]] = [
        {"credits": prize - 1},
        {"credits": prize + 1},
        {"released_at": proof["locked_at"]},
        {"entries": given["tickets"] + 1},
        {"tickets": total + 1},
        {"tickets": total - proof["winning_entry"]["ticket_count"] + 1},
    ]
    if (
        outcome == "returned"
    ):  # The other way round, one other entry of as many tickets could be it.
        lies.append({"outcome": "paid"})
    for lie in lies:
        wrong = {**released, "release": {**given, **lie}}
        assert failed(judge(wrong, **WATCHED)) == {"release"}, lie
    unheld = {**released, "payout": {**released["payout"], "held": False}}
    assert failed(judge(unheld, **WATCHED)) == {"release"}


def test_a_prize_may_go_back_to_everybody_when_nobody_else_was_left() -> None:
    released = make_release(PROOF, "returned")
    everybody = {"entries": 5, "tickets": PROOF["total_tickets"]}
    assert judge({**released, "release": {**released["release"], **everybody}}, **PINNED).valid


@pytest.mark.parametrize("outcome", ["paid", "returned"])
def test_every_field_of_a_release_has_its_form(outcome: str) -> None:
    released = make_release(PROOF, outcome)
    for name, value in released["release"].items():
        for other in spoil(value):
            wrong = replace(released, ("release", name), other)
            verdict = judge(wrong)
            # Of the same form it may be true: how many entries shared, and when, nothing binds.
            assert not verdict.valid or type(other) is type(value), (name, other)
    for name in released["release"]:
        less = {key: value for key, value in released["release"].items() if key != name}
        assert failed(judge({**released, "release": less})) == {"form"}
    assert failed(judge({**released, "release": {**released["release"], "more": 1}})) == {"form"}
    assert judge({**released, "release": None}, **PINNED).valid


def test_what_only_the_witness_can_tell_never_makes_a_proof_invalid_when_it_is_left_out() -> None:
    for witness in ({}, {"witness": None}):
        proof = {name: value for name, value in PROOF_2.items() if name != "witness"} | witness
        verdict = judge(proof, **WATCHED)
        assert verdict.valid
        assert verdict.witnessed is False
        assert verdict.summary == "valid, signed by the keys you trust; unwitnessed"


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_character_changed_in_the_checkpoint_is_detected(data: st.DataObject) -> None:
    text = PROOF_2["witness"]["checkpoint"]
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("aZ09+/= \n\u2014") | st.characters())
    changed = f"{text[:at]}{other}{text[at + 1 :]}"
    assert changed == text or not accepted(replace(PROOF_2, ("witness", "checkpoint"), changed))


@BOTH
def test_every_unbound_field_is_listed_and_each_is_held_to_its_form(
    proof: dict[str, Any], other: dict[str, Any]
) -> None:
    for at, value in leaves_of(proof):
        if is_unbound(at):
            wrong = [other for other in spoil(value) if judge(replace(proof, at, other)).valid]
            # Of the same type and spelling: nothing in the proof could tell it from the true one.
            for each in wrong:
                assert type(each) is type(value), (name_of(at), each)
                if isinstance(value, str):
                    assert len(each) == len(value), (name_of(at), each)
    # Each of them is really unbound: a list that claims too much would be as wrong as none.
    for at, each in (
        (("winning_entry", "entry_id"), other["pot_id"]),
        (("payout", "held"), True),
        (("audit", "seq"), 7),
        (("audit", "row_hash"), "0" * 64),
        (("settled_at",), "2027-01-01T00:00:00.000000Z"),
    ):
        assert is_unbound(at)
        assert accepted(replace(proof, at, each))
    assert {at[0] for at, _ in leaves_of(proof) if is_unbound(at)} == {
        name.split(".")[0] for name in UNBOUND
    }


def test_a_signature_under_the_checkpoint_by_a_key_nobody_named_is_passed_over() -> None:
    at = ("witness", "checkpoint")
    more = note.cosign(b"\x0c" * 32, "stranger.example", "another text\n", 1).line()
    assert accepted(replace(PROOF_2, at, get(PROOF_2, at) + more))
    assert "witness.checkpoint" in UNBOUND_2
    assert any(said.startswith("witness.checkpoint: ") for said in judge(PROOF_2).not_proven)


@BOTH
def test_a_field_that_is_missing_added_or_renamed_is_detected(
    proof: dict[str, Any], other: dict[str, Any]
) -> None:
    for at in containers_of(proof):
        inside = get(proof, at)
        if isinstance(inside, dict):
            for name in inside:
                if name == "witness":
                    continue
                less = copy.deepcopy(proof)
                value = get(less, at).pop(name)
                assert failed(judge(less)) <= {"form"}
                assert not judge(less).valid, name_of((*at, name))
                get(less, at)[name.upper()] = value
                assert not judge(less).valid, name_of((*at, name))
            more = copy.deepcopy(proof)
            get(more, at)["extra"] = None
            assert failed(judge(more)) == {"form"}


def test_draw_1_has_no_witness() -> None:
    assert failed(judge({**PROOF, "witness": None})) == {"form"}


@BOTH
def test_an_object_or_list_of_another_shape_is_detected(
    proof: dict[str, Any], other: dict[str, Any]
) -> None:
    for at in containers_of(proof):
        others: list[Any] = [None, [], {}, [[]], [None], 1, "text", True]
        for each in others:
            if at and each != get(proof, at):
                assert not accepted(replace(proof, at, each)), name_of(at)


@pytest.mark.parametrize(
    ("proof", "at"),
    [
        (PROOF, ("winning_entry", "merkle_path")),
        (PROOF_2, ("winning_entry", "merkle_path")),
        (PROOF_2, ("witness", "rows", 0, "path")),
        (PROOF_2, ("witness", "rows", 1, "path")),
    ],
)
def test_a_path_with_steps_dropped_doubled_or_swapped_is_detected(
    proof: dict[str, Any], at: tuple[Step, ...]
) -> None:
    steps = get(proof, at)
    assert len(steps) >= 3
    variants = [steps[:i] + steps[i + 1 :] for i in range(len(steps))]
    variants += [steps[: i + 1] + steps[i:] for i in range(len(steps))]
    variants += [steps[::-1], [steps[1], steps[0], *steps[2:]], steps * 22]
    for variant in variants:
        assert not judge(replace(proof, at, variant)).valid


def test_a_path_longer_than_any_tree_is_malformed() -> None:
    for at, most in ((("winning_entry", "merkle_path"), 31), (("witness", "rows", 0, "path"), 63)):
        steps = get(PROOF_2, at)
        assert "form" not in failed(judge(replace(PROOF_2, at, (steps * most)[:most])))
        assert failed(judge(replace(PROOF_2, at, (steps * most)[: most + 1]))) == {"form"}


def test_the_rows_of_a_witness_stand_in_their_order() -> None:
    rows = PROOF_2["witness"]["rows"]
    for variant in (rows[::-1], rows[:1], [rows[0], rows[0]], [*rows, rows[0]]):
        assert failed(judge(replace(PROOF_2, ("witness", "rows"), variant))) == {"form"}


@BOTH
def test_parts_of_another_valid_proof_do_not_fit(
    proof: dict[str, Any], other: dict[str, Any]
) -> None:
    assert judge(other, chains=[OWN.chain], witness_keys=[WITNESS_KEY]).valid
    for name, value in other.items():
        if value != proof[name] and name not in UNBOUND:
            # With nothing pinned: no key gives it away, only that the parts do not belong together.
            assert not judge({**proof, name: value}, chains=[OWN.chain]).valid, name


@BOTH
@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_a_byte_changed_anywhere_in_the_file_is_detected(
    proof: dict[str, Any], other: dict[str, Any], data: st.DataObject
) -> None:
    content = bytearray(to_text(proof).encode())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    try:
        document = read_proof(bytes(content))
    except UnreadableInputError:
        return
    verdict = verify(document, Trust(**WATCHED))
    if verdict.valid:
        changed = {name for name in proof if document.value.get(name) != proof[name]}
        unseen = {"witness"} if verdict.witnessed is False else set()
        assert changed <= {name.split(".")[0] for name in UNBOUND} | unseen


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
    waited = again["beacon"] or {"chain_hash": "0" * 64, "round": 0}
    digest = draw.lock_digest(
        round_id=pot_id,
        draw_version=again["draw_version"],
        commitment=commitment,
        rules=bytes.fromhex(again["rules_hash"]),
        entries_root=bytes.fromhex(again["entries_root"]),
        total_tickets=again["total_tickets"],
        locked_at=read_time(again["locked_at"]),
        beacon_chain_hash=bytes.fromhex(waited["chain_hash"]),
        beacon_round=waited["round"],
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


def with_rules(**changes: Any) -> dict[str, Any]:
    return reseal({**PROOF, "rules_text": canonical_json({**RULES, **changes})})


def test_resealing_an_honest_proof_changes_nothing() -> None:
    assert reseal(PROOF) == PROOF
    assert reseal(PROOF_2) == PROOF_2


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
    ("at", "value", "names"),
    [
        (("beacon", "chain_hash"), OWN.chain.hash.hex(), {"beacon.chain_hash", "lock_digest"}),
        (("beacon", "chain_hash"), "0" * 64, {"beacon chain", "beacon.chain_hash", "lock_digest"}),
        (("beacon", "round"), 657414, {"beacon.round", "beacon.signature", "lock_digest"}),
        (("beacon", "round"), 2**53 - 1, {"beacon.round", "round time"}),
        (("beacon", "signature"), "0" * 96, {"beacon.signature", "beacon.rotation"}),
        (("beacon", "signature"), OTHER_2["beacon"]["signature"], {"beacon.signature"}),
        (("beacon", "rotation"), 86, {"beacon.rotation", "winning_ticket"}),
        (("beacon", "kid"), "0" * 16, {"beacon kid"}),
        (("beacon", "attestation"), "0" * 128, {"beacon attestation"}),
        (("winner_index",), 31, {"winner_index", "winning_ticket"}),
        (("winning_ticket",), 30, {"winning_ticket"}),
        (("settled_at",), "2023-09-15T11:00:02.999999Z", {"round time"}),
        (("witness", "checkpoint"), "a text", {"checkpoint"}),
        (("witness", "rows", 0, "seq"), 5, {"locked row"}),
        (("witness", "rows", 1, "seq"), 3, {"revealed row", "rows in order"}),
        (("witness", "rows", 1, "leaf_index"), 17, {"revealed row"}),
        (("witness", "rows", 1, "leaf_index"), 2**53 - 1, {"revealed row"}),
        (("witness", "rows", 0, "payload"), "null", {"locked row"}),
    ],
)
def test_the_check_of_draw_2_that_fails_is_named(
    at: tuple[Step, ...], value: object, names: set[str]
) -> None:
    verdict = judge(replace(PROOF_2, at, value), **WATCHED)
    assert names <= failed(verdict)
    assert not verdict.witnessed


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


class NextRound(beacon.Chain):
    """A chain whose rounds are picked one too late, when the result of the right one is known."""

    def round_at(self, micros: int) -> int:
        return super().round_at(micros) + 1


def lying(**changes: Any) -> dict[str, Any]:
    """Return a proof on the own beacon in which everything fits together but what is changed."""
    return make_proof(draw_2=dataclasses.replace(OWN, **changes))


@pytest.mark.parametrize(
    ("proof", "names"),
    [
        (lying(chain=NextRound(**dataclasses.asdict(OWN.chain))), {"beacon.round"}),
        (lying(sign=lambda number: beacon.sign_round(0x5EED, number - 1)), {"beacon.signature"}),
        (lying(sign=lambda number: beacon.sign_round(0x5EEE, number)), {"beacon.signature"}),
        (lying(attester=SETTLEMENT), {"beacon key"}),
        (
            reseal({**PROOF_2, "rules_text": OTHER_2["rules_text"].replace(":10,", ":250,")}),
            {"beacon.chain_hash"},
        ),
    ],
)
def test_an_operator_who_bends_the_beacon_is_caught(proof: dict[str, Any], names: set[str]) -> None:
    assert judge(lying(), **WATCHED).witnessed
    verdict = judge(proof, **WATCHED)
    assert names <= failed(verdict)
    if len(names) == 1 and proof["beacon"]["chain_hash"] == OWN.chain.hash.hex():
        assert names == failed(verdict)


def test_a_beacon_that_the_caller_does_not_know_makes_no_proof_valid() -> None:
    verdict = judge(OTHER_2, witness_keys=[WITNESS_KEY])
    assert failed(verdict) == {"beacon chain"}
    assert verdict.witnessed is False
    (check,) = verdict.failed
    assert "give its /info as --beacon-chain" in check.detail
    assert judge(OTHER_2, chains=[OWN.chain]).valid
    # A chain that calls itself by the hash of another is no other chain: see chain_from_info.


# --- The witness ---


@pytest.mark.parametrize(
    ("seen", "witnessed"), [(1, True), (3600, True), (0, False), (-1, False), (-3600, False)]
)
def test_a_cosignature_counts_only_from_before_the_round(seen: int, witnessed: bool) -> None:
    verdict = judge(make_proof(draw_2=dataclasses.replace(QUICKNET, seen=seen)), **WATCHED)
    assert verdict.valid
    assert verdict.witnessed is witnessed
    assert verdict.checks[-1].outcome == ("ok" if witnessed else "unwitnessed")


def test_a_witness_that_nobody_named_makes_nothing_witnessed() -> None:
    stranger = note.VerifierKey("witness.example", note.COSIGNATURE_V1, ATTESTER_PUBLIC)
    renamed = dataclasses.replace(WITNESS_KEY, name="another.example")
    # The same key as the log's own, which states no time.
    timeless = dataclasses.replace(WITNESS_KEY, kind=note.ED25519)
    for keys in ([], [stranger], [renamed], [timeless], [LOG_KEY]):
        verdict = judge(PROOF_2, **{**WATCHED, "witness_keys": keys})
        assert verdict.valid
        assert verdict.witnessed is False
        assert verdict.summary.endswith("; unwitnessed")
    assert judge(PROOF_2, **{**WATCHED, "witness_keys": [stranger, WITNESS_KEY]}).witnessed


def test_a_log_that_nobody_named_is_not_the_one_that_was_named() -> None:
    other = note.VerifierKey(LOG_KEY.name, note.ED25519, ATTESTER_PUBLIC)
    renamed = dataclasses.replace(LOG_KEY, name="another.example/log")
    for key in (other, renamed, WITNESS_KEY):
        assert failed(judge(PROOF_2, **{**WATCHED, "log_keys": [key]})) == {"log key"}
    assert judge(PROOF_2, **{**WATCHED, "log_keys": [other, LOG_KEY]}).witnessed
    assert judge(PROOF_2, **{**WATCHED, "log_keys": []}).witnessed


def test_rows_that_were_seen_in_time_but_tell_something_else_are_of_no_use() -> None:
    # What an operator could show a witness before the round: another lock, or another row.
    seen_at = beacon.QUICKNET.round_time(657413) // 1_000_000 - 12
    chain = make_chain(PROOF_2)
    elsewhere = make_chain({**PROOF_2, "lock_digest": "0" * 64, "reveal_seed": "1" * 64})
    for rows, names in (
        (elsewhere, {"locked row", "revealed row"}),
        ([*chain[:6], elsewhere[6]], {"revealed row"}),
        ([*elsewhere[:6], chain[6]], {"locked row"}),
    ):
        verdict = judge({**PROOF_2, "witness": make_witness(rows, seen_at)}, **WATCHED)
        assert failed(verdict) == names
        assert verdict.witnessed is False
    assert judge({**PROOF_2, "witness": make_witness(chain, seen_at)}, **WATCHED).witnessed


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"action":"locked"}',
        '{"action":"locked","metadata":null}',
        '{"action":"locked","metadata":[]}',
        '{"action":"locked","metadata":{}}',
        f'{{"action":"paused","metadata":{{"lock_digest":"{PROOF_2["lock_digest"]}"}}}}',
        f'{{"metadata":{{"lock_digest":"{PROOF_2["lock_digest"]}"}},"action":"locked"}}',
        f'{{"action":"locked","action":"locked","metadata":{{"lock_digest":"{"0" * 64}"}}}}',
        '{"action":1.5,"metadata":{"lock_digest":null}}',
    ],
)
def test_a_row_that_does_not_say_canonically_what_happened_is_refused(payload: str) -> None:
    # Rows that were really hashed into the log, as an operator can.
    chain = make_chain(PROOF_2)
    row = chain[3]
    hashed = draw.audit_row_hash(
        round_id=UUID(PROOF_2["pot_id"]),
        seq=row["seq"],
        prev_hash=bytes.fromhex(row["prev_hash"]),
        created_at=read_time(row["created_at"]),
        payload=payload,
        game=GAME,
    )
    chain[3] = {**row, "payload": payload, "row_hash": hashed.hex()}
    witness = make_witness(chain, beacon.QUICKNET.round_time(657413) // 1_000_000 - 12)
    assert failed(judge({**PROOF_2, "witness": witness}, **WATCHED)) == {"locked row"}


def test_a_row_of_another_log_is_not_in_this_one() -> None:
    other = tlog.Checkpoint("pots.example/log", 21, draw.sha256(b"another log")).text()
    seconds = beacon.QUICKNET.round_time(657413) // 1_000_000 - 12
    signatures = (
        note.sign(LOG_SECRET, LOG_KEY.name, other),
        note.cosign(WITNESS_SECRET, WITNESS_KEY.name, other, seconds),
    )
    checkpoint = str(note.Note(other, signatures))
    verdict = judge(replace(PROOF_2, ("witness", "checkpoint"), checkpoint), **WATCHED)
    assert failed(verdict) == {"locked row", "revealed row"}


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


OTHER_SPELLINGS_OF_RULES = [
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
]


@pytest.mark.parametrize("text", OTHER_SPELLINGS_OF_RULES)
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
    ("name", "value", "said"),
    [("version", 2, "version 2"), ("draw_version", 3, "draw_version 3"), ("draw_version", 0, "")],
)
def test_a_proof_of_another_kind_is_said_to_be_unsupported(
    name: str, value: int, said: str
) -> None:
    verdict = judge({**PROOF, name: value})
    assert not verdict.valid
    assert failed(verdict) == {name}
    assert verdict.checks[0].detail.startswith(said)
    assert " is not supported by this version" in verdict.checks[0].detail


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
    assert report["summary"] == judge(PROOF).summary
    assert (report["draw_version"], report["witnessed"]) == (1, None)
    report = judge(PROOF_2, **WATCHED).as_json()
    assert (report["draw_version"], report["witnessed"]) == (2, True)
    assert "no second lock of the same pot" in report["not_proven"][-1]
    report = judge(PROOF_2, **PINNED).as_json()
    assert report["witnessed"] is False
    assert report["not_proven"][-1].endswith("unwitnessed")
    report = judge(PROOF).as_json()
    assert len(report["not_proven"]) == len(UNBOUND) + 1
    assert all(set(check) == {"name", "outcome", "detail"} for check in report["checks"])
    assert json.loads(json.dumps(report)) == report
