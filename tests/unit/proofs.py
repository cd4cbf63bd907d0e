"""Makes settlement proofs for tests: one fixed example, and any other valid one."""

import copy
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from pypot_cli.fairness import draw, merkle, signing
from pypot_cli.fairness.canonical import read_time
from pypot_cli.game import GAME
from pypot_cli.rules import rules_text

GOLDEN = Path(__file__).parents[1] / "fixtures" / "settlement_proof_v1.json"

# Known to everybody, so of no use outside tests: the secret keys of RFC 8032's TEST 1 and TEST 2.
ORCHESTRATOR = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
SETTLEMENT = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
ORCHESTRATOR_PUBLIC = signing.public_key(ORCHESTRATOR)
SETTLEMENT_PUBLIC = signing.public_key(SETTLEMENT)

POT = UUID("3f0e6a52-9c1d-4b7a-8e25-d1c0ffee0001")
SEED = bytes(range(32))
COUNTS = (10, 25, 40, 20, 5)


def make_leaves(counts: Sequence[int], pot_id: UUID) -> tuple[list[bytes], list[merkle.Node]]:
    """Return entrant tags and leaves of entries with these ticket counts, users made up."""
    tags = [
        draw.entrant_tag(bytes([number % 256]) * 32, pot_id, UUID(int=number))
        for number in range(1, len(counts) + 1)
    ]
    pairs = zip(counts, tags, strict=True)
    return tags, [merkle.leaf(pot_id, count, tag, GAME) for count, tag in pairs]


def signed(private_key: bytes, purpose: str, message: bytes) -> dict[str, Any]:
    key = signing.public_key(private_key)
    return {
        "kid": signing.kid(purpose, key, GAME),
        "public_key": key.hex(),
        "signature": signing.sign(private_key, message).hex(),
    }


def make_proof(
    counts: Sequence[int] = COUNTS,
    seed: bytes = SEED,
    pot_id: UUID = POT,
    entry_cost: int = 250,
    held: bool = False,
    orchestrator: bytes = ORCHESTRATOR,
    settlement: bytes = SETTLEMENT,
) -> dict[str, Any]:
    """Return the proof of a pot that was filled by entries of `counts` tickets."""
    total = sum(counts)
    tags, leaves = make_leaves(counts, pot_id)
    root = merkle.root(leaves)
    commitment = draw.commit_hash(seed)
    rules = rules_text(
        entry_cost=entry_cost,
        max_tickets=total,
        max_per_user=max(counts),
        min_participants=min(2, len(counts)),
    )
    locked_at = "2026-11-22T17:49:34.123456Z"
    digest = draw.lock_digest(
        round_id=pot_id,
        draw_version=1,
        commitment=commitment,
        rules=draw.rules_hash(rules, GAME),
        entries_root=root.hash,
        total_tickets=total,
        locked_at=read_time(locked_at),
        game=GAME,
    )
    drawn = draw.draw_hmac(seed, commitment)
    ticket = draw.winner_index(drawn, total)
    winner = next(i for i in range(len(counts)) if ticket < sum(counts[: i + 1]))
    return {
        "version": 1,
        "pot_id": str(pot_id),
        "draw_version": 1,
        "rules_text": rules,
        "rules_hash": draw.rules_hash(rules, GAME).hex(),
        "commit_tag": draw.commit_tag(pot_id, commitment, GAME).hex(),
        "commit_hash": commitment.hex(),
        "reveal_seed": seed.hex(),
        "locked_at": locked_at,
        "entries_root": root.hash.hex(),
        "total_tickets": total,
        "lock_digest": digest.hex(),
        "hmac": drawn.hex(),
        "winner_index": ticket,
        "beacon": None,
        "winning_ticket": ticket,
        "winning_entry": {
            "entry_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "first_ticket": sum(counts[:winner]),
            "ticket_count": counts[winner],
            "entrant_tag": tags[winner].hex(),
            "merkle_path": [
                {"side": step.side, "sum": step.sum, "hash": step.hash.hex()}
                for step in merkle.path(leaves, winner)
            ],
        },
        "orchestrator": signed(
            orchestrator, "orchestrator", signing.orchestrator_message(digest, GAME)
        ),
        "settlement": signed(
            settlement, "settlement", signing.settlement_message(digest, seed, GAME)
        ),
        "payout": {"credits": total * entry_cost, "held": held, "escrow_after": 0},
        "audit": {"seq": 6, "row_hash": draw.sha256(b"an audit row").hex()},
        "settled_at": "2026-11-22T17:49:36.654321Z",
    }


def to_text(proof: object) -> str:
    """Return the proof as the fixture is written."""
    return json.dumps(proof, indent=2) + "\n"


Step = str | int


def leaves_of(value: object, at: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Any]]:
    """Yield the path and value of everything inside `value` that is no object and no list."""
    members: Any = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    else:
        yield at, value
    for name, inner in members:
        yield from leaves_of(inner, (*at, name))


def containers_of(value: object, at: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Yield the path of every object and list inside `value`, itself included."""
    if isinstance(value, dict | list):
        yield at
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from containers_of(inner, (*at, name))


def get(proof: Any, at: tuple[Step, ...]) -> Any:
    """Return what is at a path."""
    for step in at:
        proof = proof[step]
    return proof


def replace(proof: dict[str, Any], at: tuple[Step, ...], value: object) -> dict[str, Any]:
    """Return a copy of `proof` with `value` at a path."""
    changed = copy.deepcopy(proof)
    get(changed, at[:-1])[at[-1]] = value
    return changed


def name_of(at: tuple[Step, ...]) -> str:
    """Return a path as reports write it: `winning_entry.merkle_path[0].sum`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at)
    return text.removeprefix(".")
