"""Makes settlement proofs for tests: one fixed example, and any other valid one."""

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from pypot_cli.fairness import beacon, draw, merkle, note, signing, tlog
from pypot_cli.fairness.canonical import canonical_json, read_time, write_time
from pypot_cli.game import GAME
from pypot_cli.rules import rules_text

_FIXTURES = Path(__file__).parents[1] / "fixtures"
GOLDEN = _FIXTURES / "settlement_proof_v1.json"
GOLDEN_2 = _FIXTURES / "settlement_proof_v2.json"

# Known to everybody, so of no use outside tests: the secret keys of RFC 8032's TEST 1 to 3.
ORCHESTRATOR = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
SETTLEMENT = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
ATTESTER = bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
LOG_SECRET = b"\x0a" * 32
WITNESS_SECRET = b"\x0b" * 32
ORCHESTRATOR_PUBLIC = signing.public_key(ORCHESTRATOR)
SETTLEMENT_PUBLIC = signing.public_key(SETTLEMENT)
ATTESTER_PUBLIC = signing.public_key(ATTESTER)

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


def signed(
    private_key: bytes, purpose: str, message: bytes, name: str = "signature"
) -> dict[str, Any]:
    key = signing.public_key(private_key)
    return {
        "kid": signing.kid(purpose, key, GAME),
        "public_key": key.hex(),
        name: signing.sign(private_key, message).hex(),
    }


@dataclass(frozen=True)
class Draw2:
    """Which beacon a draw 2 proof waits for, who handed it over, and who saw it coming.

    `sign` gives the chain's signature of a round. The witness cosigned `seen` seconds before the
    round's time; None: nobody did.
    """

    chain: beacon.Chain
    sign: Callable[[int], bytes]
    locked_at: str = "2026-11-22T17:49:34.123456Z"
    attester: bytes = ATTESTER
    seen: int | None = 12


def own_chain(private_key: int, genesis_time: int = 1_790_000_000, period: int = 3) -> Draw2:
    """Return draw 2 on a beacon of one's own."""
    key = beacon.public_key(private_key)
    chain_hash = beacon.chain_hash(
        public_key=key,
        genesis_time=genesis_time,
        period=period,
        group_hash=bytes(32),
        beacon_id="default",
    )
    chain = beacon.Chain(chain_hash, key, beacon.SCHEME, genesis_time, period)
    return Draw2(chain, lambda number: beacon.sign_round(private_key, number))


def info_of(draw_2: Draw2) -> dict[str, Any]:
    """Return what drand's /info says of a chain that `own_chain` made."""
    return {
        "public_key": draw_2.chain.public_key.hex(),
        "period": draw_2.chain.period,
        "genesis_time": draw_2.chain.genesis_time,
        "hash": draw_2.chain.hash.hex(),
        "groupHash": "0" * 64,
        "schemeID": draw_2.chain.scheme,
        "metadata": {"beaconID": "default"},
    }


def _quicknet_signature(number: int) -> bytes:
    assert number == 657413, number
    return bytes.fromhex(
        "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be"
        "41076862b98fad56e91a6b85b89cd97b"
    )


QUICKNET = Draw2(beacon.QUICKNET, _quicknet_signature, "2023-09-15T10:59:31.123456Z")
"""A round of the real beacon, and a lock that had to wait for it."""


def make_proof(
    counts: Sequence[int] = COUNTS,
    seed: bytes = SEED,
    pot_id: UUID = POT,
    entry_cost: int = 250,
    held: bool = False,
    orchestrator: bytes = ORCHESTRATOR,
    settlement: bytes = SETTLEMENT,
    draw_2: Draw2 | None = None,
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
        beacon_chain_hash=draw_2.chain.hash.hex() if draw_2 else None,
    )
    locked_at = draw_2.locked_at if draw_2 else "2026-11-22T17:49:34.123456Z"
    round_number = draw_2.chain.round_at(read_time(locked_at) + 30_000_000) if draw_2 else 0
    digest = draw.lock_digest(
        round_id=pot_id,
        draw_version=2 if draw_2 else 1,
        commitment=commitment,
        rules=draw.rules_hash(rules, GAME),
        entries_root=root.hash,
        total_tickets=total,
        locked_at=read_time(locked_at),
        beacon_chain_hash=draw_2.chain.hash if draw_2 else draw.NO_BEACON,
        beacon_round=round_number,
        game=GAME,
    )
    drawn = draw.draw_hmac(seed, commitment)
    index = ticket = draw.winner_index(drawn, total)
    beacon_part = None
    settled_at = "2026-11-22T17:49:36.654321Z"
    if draw_2:
        beacon_part = _beacon_part(draw_2, digest, round_number, total)
        ticket = draw.rotated(index, beacon_part["rotation"], total)
        settled_at = write_time(draw_2.chain.round_time(round_number) + 1_654_321)
    winner = next(i for i in range(len(counts)) if ticket < sum(counts[: i + 1]))
    proof = {
        "version": 1,
        "pot_id": str(pot_id),
        "draw_version": 2 if draw_2 else 1,
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
        "winner_index": index,
        "beacon": beacon_part,
        "winning_ticket": ticket,
        "winning_entry": {
            "entry_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "first_ticket": sum(counts[:winner]),
            "ticket_count": counts[winner],
            "entrant_tag": tags[winner].hex(),
            "merkle_path": path_of(leaves, winner),
        },
        "orchestrator": signed(
            orchestrator, "orchestrator", signing.orchestrator_message(digest, GAME)
        ),
        "settlement": signed(
            settlement, "settlement", signing.settlement_message(digest, seed, GAME)
        ),
        "payout": {"credits": total * entry_cost, "held": held, "escrow_after": 0},
        "audit": {"seq": 6, "row_hash": draw.sha256(b"an audit row").hex()},
        "settled_at": settled_at,
    }
    if draw_2:
        chain = make_chain(proof)
        proof["audit"] = {"seq": chain[-1]["seq"], "row_hash": chain[-1]["row_hash"]}
        seen = draw_2.seen
        round_seconds = draw_2.chain.round_time(round_number) // 1_000_000
        proof["witness"] = None if seen is None else make_witness(chain, round_seconds - seen)
    return proof


def make_release(proof: dict[str, Any], outcome: str = "paid") -> dict[str, Any]:
    """Return the same proof, its payout held and then paid, or returned to everybody else."""
    won = proof["winning_entry"]["ticket_count"]
    others = {"entries": len(COUNTS) - 1, "tickets": proof["total_tickets"] - won}
    return {
        **proof,
        "payout": {**proof["payout"], "held": True},
        "release": {
            "outcome": outcome,
            "released_at": write_time(read_time(proof["settled_at"]) + 3_600_000_000),
            **({"entries": 1, "tickets": won} if outcome == "paid" else others),
            "credits": proof["payout"]["credits"],
        },
    }


def path_of(leaves: Sequence[merkle.Node], index: int) -> list[dict[str, Any]]:
    """Return the `merkle_path` of a leaf as receipts and proofs write it."""
    return [
        {"side": step.side, "sum": step.sum, "hash": step.hash.hex()}
        for step in merkle.path(leaves, index)
    ]


def _beacon_part(draw_2: Draw2, digest: bytes, number: int, total: int) -> dict[str, Any]:
    signature = draw_2.sign(number)
    attested = signed(
        draw_2.attester, "beacon", signing.beacon_message(digest, signature, GAME), "attestation"
    )
    return {
        "chain_hash": draw_2.chain.hash.hex(),
        "round": number,
        "signature": signature.hex(),
        "rotation": draw.rotation(signature, digest, total),
        **attested,
    }


def make_chain(proof: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the audit chain of a settled pot that was paused once, with every payload."""
    locked_at = read_time(proof["locked_at"])
    parties = {name: proof[name] for name in ("orchestrator", "settlement")}
    locked = {
        name: proof[name]
        for name in ("pot_id", "commit_hash", "lock_digest", "total_tickets", "entries_root")
    }
    won = proof["winning_entry"]
    told: list[tuple[int, str, str | None, dict[str, Any]]] = [
        (-60_000_000, "created", None, {"commit_tag": proof["commit_tag"]}),
        (-50_000_000, "paused", "a complaint by Ann", {"status": "open"}),
        (-40_000_000, "resumed", "it was settled", {"status": "open"}),
        (100, "locked", None, {**locked, "status": "locked", "locked_at": proof["locked_at"]}),
        (400_000, "attested", None, parties["orchestrator"]),
        (500_000, "claimed", None, {"lease_seconds": 60}),
        (
            700_000,
            "revealed",
            None,
            {"reveal_seed": proof["reveal_seed"], **parties["settlement"]},
        ),
        (
            read_time(proof["settled_at"]) - locked_at,
            "settled",
            None,
            {
                "entry_id": won["entry_id"],
                "entrant_tag": won["entrant_tag"],
                "winning_ticket": proof["winning_ticket"],
                "prize": proof["payout"]["credits"],
                "settled_at": proof["settled_at"],
            },
        ),
    ]
    at = read_time(proof["settled_at"]) - locked_at
    if proof["payout"]["held"]:
        told.append((at + 1, "payout_held", None, {"credits": proof["payout"]["credits"]}))
    if release := proof.get("release"):
        told.append((at + 2, "flag_reviewed", "a family", {"status": "cleared"}))
        fields = ("outcome", "released_at", "entries", "credits")
        told.append((at + 3, "payout_released", None, {name: release[name] for name in fields}))
    rows: list[dict[str, Any]] = []
    for seq, (after, action, reason, metadata) in enumerate(told, 1):
        payload = canonical_json(
            {
                "action": action,
                "actor": "0f0e0d0c-0b0a-4908-8706-050403020100",
                "reason": reason,
                "metadata": metadata,
                "nonce": bytes([seq]).hex() * 16,
            }
        )
        previous = rows[-1]["row_hash"] if rows else "0" * 64
        hashed = draw.audit_row_hash(
            round_id=UUID(proof["pot_id"]),
            seq=seq,
            prev_hash=bytes.fromhex(previous),
            created_at=locked_at + after,
            payload=payload,
            game=GAME,
        )
        rows.append(
            {
                "seq": seq,
                "action": action,
                "created_at": write_time(locked_at + after),
                "payload": payload,
                "payload_hash": draw.sha256(payload.encode()).hex(),
                "prev_hash": previous,
                "row_hash": hashed.hex(),
            }
        )
    return rows


LOG_NAME = "pots.example/log"
WITNESS_NAME = "witness.example"
LOG_KEY = note.VerifierKey(LOG_NAME, note.ED25519, signing.public_key(LOG_SECRET))
WITNESS_KEY = note.VerifierKey(
    WITNESS_NAME, note.COSIGNATURE_V1, signing.public_key(WITNESS_SECRET)
)


def make_witness(chain: Sequence[dict[str, Any]], seen_at: int) -> dict[str, Any]:
    """Return what a proof carries of a witness who saw the log at `seen_at` (Unix seconds).

    The log holds rows of other pots too: this chain's are every third one.
    """
    rows: list[bytes] = []
    at: dict[str, int] = {}
    for row in chain:
        if row["action"] == "settled":
            break
        at[row["action"]] = len(rows)
        rows.append(bytes.fromhex(row["row_hash"]))
        rows += [draw.sha256(bytes([len(rows), other])) for other in range(2)]
    text = tlog.Checkpoint(LOG_NAME, len(rows), tlog.root(rows)).text()
    signatures = (
        note.sign(LOG_SECRET, LOG_NAME, text),
        note.cosign(WITNESS_SECRET, WITNESS_NAME, text, seen_at),
    )
    return {
        "checkpoint": str(note.Note(text, signatures)),
        "rows": [
            {
                **{name: row[name] for name in ("action", "seq", "created_at", "prev_hash")},
                "payload": row["payload"],
                "leaf_index": at[row["action"]],
                "path": [step.hex() for step in tlog.inclusion_path(rows, at[row["action"]])],
            }
            for row in chain
            if row["action"] in ("locked", "revealed")
        ],
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
