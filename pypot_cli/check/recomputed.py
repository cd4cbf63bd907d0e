"""Checks that recompute hashes, trees, signatures and proofs from what is stored (contract, 5, 6).

Each is a generator over the rows it examines, read through a server-side cursor: for each row it
yields what is wrong with it, usually nothing. Its docstring is the statement it proves.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
from psycopg import rows

from pypot_cli import proof
from pypot_cli.check.finding import Finding
from pypot_cli.db.connection import query
from pypot_cli.fairness import draw, merkle, signing, tlog
from pypot_cli.fairness.beacon import Chain, verify_round
from pypot_cli.fairness.canonical import canonical_json, is_hex, read_json, time_micros, write_time
from pypot_cli.game import GAME
from pypot_cli.rules import BEACON_AFTER_LOCK

_BATCH = 2000


class Reader:
    """Reads the rows that are examined: all, or of some pots (check.scope)."""

    def __init__(
        self, conn: psycopg.Connection[Any], narrow: Callable[[str], str] | None = None
    ) -> None:
        """`narrow` makes of a statement the one that is executed."""
        self._conn = conn
        self._narrow = narrow or str

    def rows(self, name: str) -> Iterator[Any]:
        """Yield the rows of queries/check_streams/<name>.sql without holding all in memory."""
        text = self._narrow(query(f"check_streams/{name}").decode())
        with self._conn.cursor(name=f"check_{name}", row_factory=rows.namedtuple_row) as cursor:
            cursor.itersize = _BATCH
            cursor.execute(text.encode())
            yield from cursor

    def levels(self, tree_id: UUID) -> list[tuple[int, bytes]]:
        """Return the stored levels of a tree, the leaves first."""
        return self._conn.execute(query("check_streams/merkle_levels"), [tree_id]).fetchall()


Examine = Callable[[Reader], Iterator[list[Finding]]]


def chain_hashes(reader: Reader) -> Iterator[list[Finding]]:
    """Every chain row's payload_hash and row_hash are what its bytes hash to."""
    for row in reader.rows("audit_rows"):
        found = []
        subject = f"pot {row.pot_id}, seq {row.seq}"
        if draw.sha256(row.payload.encode()).hex() != row.payload_hash:
            found.append(Finding(subject, "payload_hash is not the hash of payload"))
        hashed = draw.audit_row_hash(
            round_id=row.pot_id,
            seq=row.seq,
            prev_hash=bytes.fromhex(row.prev_hash),
            created_at=time_micros(row.created_at),
            payload=row.payload,
            game=GAME,
        )
        if hashed.hex() != row.row_hash:
            found.append(Finding(subject, "row_hash is not the hash of the row"))
        yield found


def chain_payloads(reader: Reader) -> Iterator[list[Finding]]:
    """Every chain row's payload is canonical JSON and says what the row's columns say."""
    for row in reader.rows("audit_rows"):
        subject = f"pot {row.pot_id}, seq {row.seq}"
        try:
            payload, ambiguous = read_json(row.payload)
            canonical = not ambiguous and canonical_json(payload) == row.payload
        except ValueError:
            payload, canonical = None, False
        if not canonical or not isinstance(payload, dict):
            yield [Finding(subject, "payload is not canonical JSON")]
            continue
        nonce = payload.pop("nonce", None)
        columns = {
            "action": row.action,
            "actor": str(row.actor_id),
            "reason": row.reason,
            "metadata": row.metadata,
        }
        agrees = payload == columns and is_hex(nonce, 16)
        yield [] if agrees else [Finding(subject, "payload and columns differ")]


def commitment_tags(reader: Reader) -> Iterator[list[Finding]]:
    """Every pot's commit_tag binds its commitment, and a revealed seed hashes to it."""
    for pot in reader.rows("pots"):
        found = []
        subject = f"pot {pot.id}"
        stated = bytes.fromhex(pot.committed or "")
        if draw.commit_tag(pot.id, stated, GAME).hex() != pot.commit_tag:
            found.append(Finding(subject, "commit_tag is not the tag of its commitment"))
        if pot.reveal_seed and draw.commit_hash(bytes.fromhex(pot.reveal_seed)) != stated:
            found.append(Finding(subject, "reveal_seed does not hash to its commitment"))
        yield found


def rules(reader: Reader) -> Iterator[list[Finding]]:
    """Every pot's rules_text is the canonical JSON of its terms, and rules_hash its hash."""
    for pot in reader.rows("pots"):
        found = []
        subject = f"pot {pot.id}"
        terms = {
            "draw_version": pot.draw_version,
            "entry_cost": pot.entry_cost,
            "max_per_user": pot.max_per_user,
            "max_tickets": pot.max_tickets,
            "min_participants": pot.min_participants,
        }
        if pot.draw_version == 2:
            terms["beacon_chain_hash"] = pot.beacon_chain_hash
        if canonical_json(terms) != pot.rules_text:
            found.append(Finding(subject, "rules_text is not its terms in canonical JSON"))
        if draw.rules_hash(pot.rules_text, GAME).hex() != pot.rules_hash:
            found.append(Finding(subject, "rules_hash is not the hash of rules_text"))
        yield found


def entrant_tags(reader: Reader) -> Iterator[list[Finding]]:
    """Every entry's entrant_tag is the HMAC of its pot and player under its salt."""
    for entry in reader.rows("entries"):
        tag = draw.entrant_tag(bytes.fromhex(entry.salt), entry.pot_id, entry.user_id)
        if tag.hex() == entry.entrant_tag:
            yield []
        else:
            yield [Finding(f"entry {entry.id}", "entrant_tag is not of its salt, pot and player")]


def merkle_trees(reader: Reader) -> Iterator[list[Finding]]:
    """Every lock's entries have the root and the number of tickets it says, and its stored tree."""
    leaves = _numbered_leaves(reader)
    entries = next(leaves, None)
    for pot in reader.rows("pots"):
        while entries is not None and entries[0] < pot.id:
            entries = next(leaves, None)
        if pot.locked_at is None or pot.is_detached:
            continue
        own = entries[1] if entries is not None and entries[0] == pot.id else []
        yield _tree_findings(reader, pot, own)


def _numbered_leaves(
    reader: Reader,
) -> Iterator[tuple[UUID, list[merkle.Node]]]:
    """Yield each pot that has numbered entries with its leaves, in order of pot and ticket."""
    numbered = (each for each in reader.rows("entries") if each.first_ticket is not None)
    for pot_id, group in itertools.groupby(numbered, key=lambda each: each.pot_id):
        yield (
            pot_id,
            [
                merkle.leaf(pot_id, each.ticket_count, bytes.fromhex(each.entrant_tag), GAME)
                for each in group
            ],
        )


def _tree_findings(reader: Reader, pot: Any, leaves: list[merkle.Node]) -> list[Finding]:
    subject = f"pot {pot.id}"
    if not leaves:
        return [Finding(subject, "is locked without entries")]
    tree = merkle.levels(leaves, merkle.join)
    root = tree[-1][0]
    found = []
    if root.hash.hex() != pot.entries_root:
        found.append(Finding(subject, f"its entries have the root {root.hash.hex()}"))
    if root.sum != pot.total_tickets:
        found.append(Finding(subject, f"its entries have {root.sum} tickets"))
    stored = reader.levels(pot.id)
    expected = [
        (level, b"".join(draw.u64(node.sum) + node.hash for node in nodes))
        for level, nodes in enumerate(tree)
    ]
    if stored != expected:
        found.append(Finding(subject, "the stored Merkle tree is not that of its entries"))
    return found


def lock_digests(reader: Reader) -> Iterator[list[Finding]]:
    """Every lock's digest is the hash of its pot, commitment, rules, entries, time and beacon."""
    for pot in reader.rows("pots"):
        if pot.locked_at is None:
            continue
        digest = draw.lock_digest(
            round_id=pot.id,
            draw_version=pot.draw_version,
            commitment=bytes.fromhex(pot.commit_hash),
            rules=bytes.fromhex(pot.rules_hash),
            entries_root=bytes.fromhex(pot.entries_root),
            total_tickets=pot.total_tickets,
            locked_at=time_micros(pot.locked_at),
            beacon_chain_hash=bytes.fromhex(pot.beacon_chain_hash or draw.NO_BEACON.hex()),
            beacon_round=pot.beacon_round or 0,
            game=GAME,
        )
        agrees = digest.hex() == pot.lock_digest
        yield [] if agrees else [Finding(f"pot {pot.id}", f"lock_digest must be {digest.hex()}")]


def attestations(reader: Reader) -> Iterator[list[Finding]]:
    """Every attestation is a signature over the lock by a key registered to orchestrate."""
    for pot in reader.rows("pots"):
        if pot.signature is None:
            continue
        message = signing.orchestrator_message(bytes.fromhex(pot.lock_digest or ""), GAME)
        signed = pot.purpose == "orchestrator" and signing.verify(
            bytes.fromhex(pot.public_key), message, bytes.fromhex(pot.signature)
        )
        yield [] if signed else [Finding(f"pot {pot.id}", "its attestation does not verify")]


def beacon_chains(reader: Reader) -> Iterator[list[Finding]]:
    """Every registered beacon chain has a public key that its rounds can be verified by."""
    for row in reader.rows("beacon_chains"):
        try:
            _chain(row)
        except ValueError as error:
            yield [Finding(f"chain {row.beacon_chain_hash}", str(error))]
        else:
            yield []


def beacons(reader: Reader) -> Iterator[list[Finding]]:
    """Every lock of draw 2 waits for its round, and every beacon is the round's and attested."""
    for pot in reader.rows("pots"):
        if pot.draw_version == 1 and pot.beacon_signature is None:
            continue
        subject = f"pot {pot.id}"
        try:
            chain = _chain(pot)
        except ValueError as error:
            yield [Finding(subject, f"its beacon: {error}")]
            continue
        yield [Finding(subject, problem) for problem in _beacon_problems(pot, chain)]


def _beacon_problems(pot: Any, chain: Chain) -> Iterator[str]:
    if pot.locked_at is not None:
        expected = chain.round_at(time_micros(pot.locked_at) + BEACON_AFTER_LOCK)
        if pot.beacon_round != expected:
            yield f"its beacon's round must be {expected}, not {pot.beacon_round}"
        elif time_micros(pot.beacon_at) != chain.round_time(expected):
            yield "its beacon's time is not that of the round"
    if pot.beacon_signature is None:
        return
    signature = bytes.fromhex(pot.beacon_signature)
    if not verify_round(chain, pot.beacon_round or 0, signature):
        yield "its beacon does not verify"
    message = signing.beacon_message(bytes.fromhex(pot.lock_digest or ""), signature, GAME)
    attested = pot.beacon_purpose == "beacon" and signing.verify(
        bytes.fromhex(pot.beacon_key), message, bytes.fromhex(pot.beacon_attestation)
    )
    if not attested:
        yield "nobody with a key registered for it attests its beacon"


def _chain(row: Any) -> Chain:
    return Chain(
        bytes.fromhex(row.beacon_chain_hash or ""),
        bytes.fromhex(row.chain_key or ""),
        row.scheme,
        row.genesis_time,
        row.period_seconds,
    )


def proofs(reader: Reader) -> Iterator[list[Finding]]:
    """Every settled pot's proof verifies with registered keys and repeats what is stored."""
    for row in reader.rows("settlements"):
        subject = f"pot {row.pot_id}"
        verdict = proof.verify(
            proof.Document(row.proof),
            proof.Trust(
                orchestrator_keys=[bytes.fromhex(row.orchestrator_key or "")],
                settlement_keys=[bytes.fromhex(row.settlement_key or "")],
                beacon_keys=[bytes.fromhex(row.beacon_key)] if row.beacon_key else [],
                chains=[_chain(row)] if row.draw_version == 2 else [],
            ),
        )
        found = [Finding(subject, f"proof: {each.name}: {each.detail}") for each in verdict.failed]
        found += [
            Finding(subject, f"proof says {name} {stated!r}, stored is {stored!r}")
            for name, stated, stored in _differences(row.proof, _stored(row))
        ]
        yield found


def signing_keys(reader: Reader) -> Iterator[list[Finding]]:
    """Every registered key is a valid Ed25519 key under the id of its purpose and bytes."""
    for row in reader.rows("signing_keys"):
        key = bytes.fromhex(row.public_key)
        fits = signing.is_valid_key(key) and signing.kid(row.purpose, key, GAME) == row.kid
        yield [] if fits else [Finding(f"key {row.kid}", f"is not the {row.purpose} key it says")]


def log_tree(reader: Reader) -> Iterator[list[Finding]]:
    """The log's stored subtrees are those of its leaves, and its checkpoints have their roots."""
    stored = reader.rows("log_nodes")
    tree = tlog.CompactRange()
    for row in reader.rows("log_leaves"):
        found = []
        subject = f"leaf {row.leaf_index}"
        for level, idx, hashed in _completed(tree, tlog.leaf_hash(bytes.fromhex(row.row_hash))):
            node = next(stored, None)
            if node is None or (node.level, node.idx, node.hash) != (level, idx, hashed):
                found.append(Finding(subject, f"the stored node {idx} of level {level} differs"))
        if row.checkpoint and tlog.read_checkpoint(row.checkpoint).root != tree.root():
            found.append(Finding(subject, "the checkpoint of this size has another root"))
        yield found
    for node in stored:
        yield [Finding(f"node {node.idx} of level {node.level}", "is over leaves that are not")]


def _completed(tree: tlog.CompactRange, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Append a leaf, and yield the subtrees that it completes, as level, index and hash."""
    level, hashed = 0, leaf
    below = tree.hashes[::-1]
    yield level, tree.size, hashed
    while tree.size >> level & 1:
        hashed = tlog.node_hash(below[level], hashed)
        level += 1
        yield level, tree.size >> level, hashed
    tree.append(leaf)


CHECKS: tuple[Examine, ...] = (
    chain_hashes,
    chain_payloads,
    log_tree,
    commitment_tags,
    rules,
    entrant_tags,
    merkle_trees,
    lock_digests,
    attestations,
    beacon_chains,
    beacons,
    proofs,
    signing_keys,
)
"""All of them, in the order they are made."""


def _expected(row: Any) -> dict[str, Any]:
    """Return what a proof must say, from the columns: all but what it alone can know."""
    return {
        "pot_id": str(row.pot_id),
        "draw_version": row.draw_version,
        "rules_text": row.rules_text,
        "rules_hash": row.rules_hash,
        "commit_tag": row.commit_tag,
        "commit_hash": row.commit_hash,
        "reveal_seed": row.reveal_seed,
        "locked_at": write_time(time_micros(row.locked_at)),
        "entries_root": row.entries_root,
        "total_tickets": row.total_tickets,
        "lock_digest": row.lock_digest,
        "winning_ticket": row.winning_ticket,
        "winning_entry": {
            "entry_id": str(row.entry_id),
            "first_ticket": row.first_ticket,
            "ticket_count": row.ticket_count,
            "entrant_tag": row.entrant_tag,
        },
        "orchestrator": {
            "kid": row.orchestrator_kid,
            "public_key": row.orchestrator_key,
            "signature": row.orchestrator_signature,
        },
        "settlement": {"kid": row.settlement_kid, "public_key": row.settlement_key},
        "beacon": {
            "chain_hash": row.beacon_chain_hash,
            "round": row.beacon_round,
            "signature": row.beacon_signature,
            "kid": row.beacon_kid,
            "public_key": row.beacon_key,
            "attestation": row.beacon_attestation,
        },
        "payout": {"credits": row.prize},
        "audit": {"seq": row.settled_seq, "row_hash": row.settled_hash},
        "settled_at": write_time(time_micros(row.settled_at)) if row.settled_at else None,
    }


def _stored(row: Any) -> dict[str, Any]:
    """Return what a proof must say that is still stored: of a detached pot no entry is."""
    expected = _expected(row)
    if row.is_detached:
        expected["winning_entry"] = {"entry_id": str(row.entry_id)}
    return expected


def _differences(
    stated: Any, stored: dict[str, Any], within: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    for name, value in stored.items():
        other = stated.get(name) if isinstance(stated, dict) else None
        if isinstance(value, dict):
            yield from _differences(other, value, f"{within}{name}.")
        elif other != value:
            yield f"{within}{name}", other, value
