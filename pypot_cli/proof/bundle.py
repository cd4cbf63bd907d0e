"""All the entries and the audit chain of a pot, against its proof: what `pypot proof export` wrote.

A proof shows one entry. With the list of all of them anybody recomputes `entries_root`, and with
the chain sees every step the pot took, the rows whose text is withheld included: their hash links.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness import draw, merkle
from pypot_cli.fairness.canonical import canonical_json, read_json, read_time
from pypot_cli.game import GAME
from pypot_cli.proof.checks import Proof
from pypot_cli.proof.document import open_content, parse, read_bytes
from pypot_cli.proof.form import (
    COUNT,
    HASH,
    INDEX,
    POSITIVE,
    TEXT,
    TIME,
    Fields,
    Form,
    malformed,
    shown,
)
from pypot_cli.proof.verdict import Check, Verdict, equal, holds

PROOF, ENTRIES, CHAIN, CHECKPOINT = "proof.json", "entries.json", "chain.json", "checkpoint.txt"
"""The files of an export."""

LONGEST_LIST = 1 << 30
"""Bytes. An entry has about 130 of them, so this is a pot of eight million entries."""

WITHHELD = frozenset({"paused", "resumed", "voided", "excluded", "flag_reviewed"})
"""Actions whose payload is not public: a moderator's reason may hold personal data."""

ENTRY_FIELDS: Fields = {"first_ticket": INDEX, "ticket_count": COUNT, "entrant_tag": HASH}
"""One entry of list_lock_entries."""

ROW_FIELDS: Fields = {
    "seq": POSITIVE,
    "action": TEXT,
    "created_at": TIME,
    "payload": Form("a text or null", lambda value: value is None or isinstance(value, str)),
    "payload_hash": HASH,
    "prev_hash": HASH,
    "row_hash": HASH,
}
"""One row of get_audit_chain."""

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Rest:
    """What goes with a proof; None is what was not given."""

    entries: list[Any] | None = None
    chain: list[Any] | None = None
    checkpoint: str | None = None


def locate(source: str, entries: str | None, chain: str | None) -> tuple[str, Rest]:
    """Return where the proof is, and what goes with it.

    `source` is the proof's file or the directory of an export; the others are files besides it.
    Raises UnreadableInputError for what cannot be read as lists.
    """
    folder = Path(source)
    checkpoint = None
    if source != "-" and folder.is_dir():
        if not (folder / PROOF).exists():
            raise UnreadableInputError(f"cannot read {source}: it has no {PROOF}")
        entries = entries or str(folder / ENTRIES)
        chain = chain or str(folder / CHAIN)
        source = str(folder / PROOF)
        if (folder / CHECKPOINT).exists():
            checkpoint = open_content(str(folder / CHECKPOINT)).decode(errors="replace")
    return source, Rest(
        read_list(entries, "the list of entries") if entries else None,
        read_list(chain, "the chain") if chain else None,
        checkpoint,
    )


def read_list(source: str, what: str) -> list[Any]:
    """Return the JSON list in a file. Raises UnreadableInputError if there is none."""
    value, ambiguous = parse(read_bytes(source, LONGEST_LIST), LONGEST_LIST, what)
    if not isinstance(value, list) or ambiguous:
        why = "; ".join(ambiguous[:3]) or "it is not a JSON list"
        raise UnreadableInputError(f"cannot read {what}: {why}")
    return value


def with_rest(verdict: Verdict, proof: Proof, rest: Rest) -> Verdict:
    """Return the verdict of a proof with what else was given checked against it.

    Of a malformed proof nothing more is said.
    """
    if verdict.draw_version is None:
        return verdict
    more: list[Check] = []
    if rest.entries is not None:
        more += check_entries(proof, rest.entries)
    if rest.chain is not None:
        more += check_chain(proof, rest.chain)
    if rest.checkpoint is not None:
        witness = proof.get("witness") or {}
        same = witness.get("checkpoint") == rest.checkpoint
        verb = "is" if same else "is not"
        more.append(holds(CHECKPOINT, same, f"it {verb} the checkpoint in the proof"))
    confirmed: set[str] = set()
    unknown: tuple[str, ...] = ()
    if rest.chain is not None and all(check.outcome == "ok" for check in more):
        confirmed = {"winning_entry.entry_id", "audit"}
        sealed = [str(row["seq"]) for row in rest.chain if row["payload"] is None]
        if sealed:
            unknown = (f"{CHAIN}: what rows {', '.join(sealed)} tell is withheld, and their names",)
    checks = (*verdict.checks, *more)
    return replace(verdict, checks=checks, confirmed=frozenset(confirmed), unknown=unknown)


def check_entries(proof: Proof, entries: Rows) -> Iterator[Check]:
    """Check that the entries are those of the lock, every one of them, and no other."""
    fault = _first_fault(entries, ENTRY_FIELDS, "entries")
    if fault or not entries:
        yield Check("entries form", "failed", fault or "there is no entry")
        return
    next_ticket, gap = 0, ""
    leaves = []
    pot_id = UUID(proof["pot_id"])
    for number, entry in enumerate(entries):
        if entry["first_ticket"] != next_ticket and not gap:
            gap = f"entries[{number}] begins at {entry['first_ticket']}, not at {next_ticket}"
        next_ticket += entry["ticket_count"]
        tag = bytes.fromhex(entry["entrant_tag"])
        leaves.append(merkle.leaf(pot_id, entry["ticket_count"], tag, GAME))
    root = merkle.root(leaves)
    yield holds("entries order", not gap, gap or f"{len(entries)} entries, without a gap")
    yield equal(
        "entries entries_root",
        f"the tree over {len(entries)} entries",
        root.hash.hex(),
        proof["entries_root"],
    )
    yield equal("entries total_tickets", "their tickets", root.sum, proof["total_tickets"])
    won = {name: proof["winning_entry"][name] for name in ENTRY_FIELDS}
    listed = won in entries
    verb = "is" if listed else "is not"
    yield holds("entries winner", listed, f"the winning entry {verb} one of them")


def check_chain(proof: Proof, rows: Rows) -> Iterator[Check]:
    """Check that the rows are one chain, and that it tells what the proof says."""
    fault = _first_fault(rows, ROW_FIELDS, "chain")
    if fault or not rows:
        yield Check("chain form", "failed", fault or "there is no row")
        return
    broken = next(broken_links(UUID(proof["pot_id"]), rows), None)
    yield holds("chain links", not broken, broken or f"{len(rows)} rows, each bound to the last")
    told, fault = _read_payloads(rows)
    yield holds("chain payloads", not fault, fault or "each is canonical and tells its action")
    if fault:
        return
    won = proof["winning_entry"]
    for action, stated in (
        ("created", {"commit_tag": proof["commit_tag"]}),
        ("locked", {name: proof[name] for name in ("lock_digest", "entries_root", "commit_hash")}),
        ("revealed", {"reveal_seed": proof["reveal_seed"]}),
        (
            "settled",
            {
                "entry_id": won["entry_id"],
                "entrant_tag": won["entrant_tag"],
                "winning_ticket": proof["winning_ticket"],
                "settled_at": proof["settled_at"],
            },
        ),
    ):
        yield _tells(action, told.get(action, []), stated)
    yield _payout_told(proof, told)
    at = proof["audit"]["seq"]
    named = [("settled", proof["audit"]["row_hash"])]
    same = [(row["action"], row["row_hash"]) for row in rows[at - 1 : at]] == named
    verb = "is" if same else "is not"
    yield holds("audit", same, f"row {at} {verb} the settled row that the proof names")


def _payout_told(proof: Proof, told: Mapping[str, Sequence[Any]]) -> Check:
    """Check that the chain tells of a held payout and its release if and only if the proof does."""
    release = proof.get("release")
    held = [{"credits": proof["payout"]["credits"]}] if proof["payout"]["held"] else []
    fields = ("outcome", "released_at", "entries", "credits")
    stated = {
        "payout_held": held,
        "payout_released": [{name: release[name] for name in fields}] if release else [],
    }
    for action, expected in stated.items():
        rows = told.get(action, [])
        fits = len(rows) == len(expected) and all(
            isinstance(row, dict) and all(_same(row.get(name), each[name]) for name in each)
            for row in rows
            for each in expected
        )
        if not fits:
            return Check("chain payout", "failed", f"its rows {action} differ from the proof")
    said = "was held" if held else "was not held"
    return Check("chain payout", "ok", f"the payout {said}, as the proof says")


def _first_fault(items: Rows, fields: Fields, where: str) -> str:
    for number, item in enumerate(items):
        for fault in malformed(item, fields, f"{where}[{number}]", "list"):
            return fault
    return ""


def broken_links(pot_id: UUID, rows: Rows) -> Iterator[str]:
    """Yield what keeps rows of the form ROW_FIELDS from being one chain, as sentences."""
    previous = "0" * 64
    for number, row in enumerate(rows, 1):
        name = f"row {row['seq']}"
        if row["seq"] != number:
            yield f"row {number} is missing: here is {name}"
        if row["prev_hash"] != previous:
            yield f"{name} is not bound to the row before it"
        payload = row["payload"]
        if payload is None and row["action"] not in WITHHELD:
            yield f"{name} has no payload"
        if payload is not None and draw.sha256(_utf8(payload)).hex() != row["payload_hash"]:
            yield f"{name}: payload_hash is not the hash of payload"
        hashed = draw.sealed_row_hash(
            round_id=pot_id,
            seq=row["seq"],
            prev_hash=bytes.fromhex(row["prev_hash"]),
            created_at=read_time(row["created_at"]),
            payload_hash=bytes.fromhex(row["payload_hash"]),
            game=GAME,
        )
        if hashed.hex() != row["row_hash"]:
            yield f"{name}: row_hash is not the hash of the row"
        previous = row["row_hash"]


def _utf8(text: str) -> bytes:
    # JSON can spell half of a surrogate pair, which has no bytes: no payload has it either.
    return text.encode(errors="surrogatepass")


def _read_payloads(rows: Rows) -> tuple[dict[str, list[Any]], str]:
    """Return the metadata of the public rows by action and "", or what is wrong with one."""
    told: dict[str, list[Any]] = {}
    for row in rows:
        if row["payload"] is None:
            continue
        try:
            payload, ambiguous = read_json(row["payload"])
            if ambiguous or canonical_json(payload) != row["payload"]:
                return {}, f"row {row['seq']}: payload is not canonical JSON"
            action, metadata = payload["action"], payload["metadata"]
        except (ValueError, TypeError, KeyError):
            return {}, f"row {row['seq']}: payload tells no action"
        if action != row["action"]:
            return {}, f"row {row['seq']} is called {shown(row['action'])}, not {shown(action)}"
        told.setdefault(action, []).append(metadata)
    return told, ""


def _same(told: object, stated: object) -> bool:
    # True is 1 to Python, and no number to whoever reads the chain.
    return told == stated and type(told) is type(stated)


def _tells(action: str, told: Sequence[Any], stated: Mapping[str, Any]) -> Check:
    name = f"chain {action}"
    if len(told) != 1 or not isinstance(told[0], dict):
        return Check(name, "failed", f"{len(told)} rows say that the pot was {action}")
    for field, value in stated.items():
        said = told[0].get(field)
        if not _same(said, value):
            why = f"{field} is {shown(said)} there, {shown(value)} in the proof"
            return Check(name, "failed", why)
    return Check(name, "ok", f"it tells the same {', '.join(stated)}")
