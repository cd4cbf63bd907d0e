"""What draw 2 adds: entropy that nobody had when the seed was revealed (contract, section 5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from pypot_cli.fairness import draw, signing
from pypot_cli.fairness.beacon import QUICKNET, Chain, verify_round
from pypot_cli.fairness.canonical import read_time, write_time
from pypot_cli.game import GAME
from pypot_cli.proof.checks import Proof, Rules, signature, trusted
from pypot_cli.proof.verdict import Check, equal, holds
from pypot_cli.rules import BEACON_AFTER_LOCK


def find_chain(proof: Proof, given: Iterable[Chain]) -> Chain | None:
    """Return the proof's chain if it is drand's quicknet, or one that the caller gave."""
    stated = proof["beacon"] and bytes.fromhex(proof["beacon"]["chain_hash"])
    return next((chain for chain in (QUICKNET, *given) if chain.hash == stated), None)


def due(proof: Proof, chain: Chain) -> int:
    """Return when the proof's round is due, in microseconds since 1970: nobody has it earlier."""
    return chain.round_time(proof["beacon"]["round"])


def moved(proof: Proof, rules: Rules | None, chain: Chain | None) -> Iterator[Check]:
    """Check the round, its signature, and how far it moved the draw."""
    stated = proof["beacon"]["chain_hash"]
    if rules is not None:
        yield equal(
            "beacon.chain_hash", "the chain in rules_text", rules["beacon_chain_hash"], stated
        )
    if chain is None:
        why = f"{stated} is not drand quicknet; give its /info as --beacon-chain if you trust it"
    elif chain == QUICKNET:
        why = "drand quicknet, run by the League of Entropy"
    else:
        why = f"{stated} is one you gave"
    yield holds("beacon chain", chain is not None, why)
    if chain is None:
        yield Check("beacon.round and signature", "skipped", "they need the chain")
    else:
        yield from _round(proof, chain)
    yield from _rotation(proof)


def _round(proof: Proof, chain: Chain) -> Iterator[Check]:
    number = proof["beacon"]["round"]
    yield equal(
        "beacon.round",
        "first round at or after locked_at + 30 s",
        chain.round_at(read_time(proof["locked_at"]) + BEACON_AFTER_LOCK),
        number,
    )
    good = verify_round(chain, number, bytes.fromhex(proof["beacon"]["signature"]))
    verb = "is" if good else "is not"
    yield holds("beacon.signature", good, f"it {verb} the chain's BLS signature of round {number}")
    yield holds(
        "round time",
        read_time(proof["settled_at"]) >= due(proof, chain),
        f"round {number} is of {_shown_time(due(proof, chain))}, settled {proof['settled_at']}",
    )


def _rotation(proof: Proof) -> Iterator[Check]:
    total, beacon = proof["total_tickets"], proof["beacon"]
    rotation = draw.rotation(
        bytes.fromhex(beacon["signature"]), bytes.fromhex(proof["lock_digest"]), total
    )
    yield equal(
        "beacon.rotation",
        f"HMAC-SHA256(key SHA-256(beacon signature), lock_digest) mod {total}",
        rotation,
        beacon["rotation"],
    )
    yield equal(
        "winning_ticket",
        f"(winner_index + rotation) mod {total}",
        draw.rotated(proof["winner_index"], beacon["rotation"], total),
        proof["winning_ticket"],
    )


def attested(proof: Proof, keys: Collection[bytes]) -> Iterator[Check]:
    """Check who handed the beacon over; whose key it is matters only to who pins one.

    The beacon's own signature was checked before, so no attestation can make it another.
    """
    beacon = proof["beacon"]
    message = signing.beacon_message(
        bytes.fromhex(proof["lock_digest"]), bytes.fromhex(beacon["signature"]), GAME
    )
    yield from signature("beacon", "attestation", beacon, message)
    if keys:
        yield trusted("beacon", beacon["public_key"], keys)


def _shown_time(micros: int) -> str:
    try:
        return write_time(micros)
    except OverflowError:  # after the year 9999
        return f"{micros} microseconds after 1970"
