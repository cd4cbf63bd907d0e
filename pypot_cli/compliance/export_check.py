"""Checks an exported record offline: who signed it, that it is whole, and that it adds up.

Reads the file once, a line at a time. Beyond the signature it recomputes what the record itself can
prove: the audit chain, the tree over the entries, the books, the settlement proof, and that the
audit log held the chain.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from pypot_cli import proof
from pypot_cli.compliance import export_format as form
from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness import draw, merkle, signing, tlog
from pypot_cli.game import GAME
from pypot_cli.proof import bundle
from pypot_cli.proof.verdict import Check, equal, holds

LONGEST_LINE = 1 << 26
"""Bytes. A settlement proof, which is the longest row, has some ten thousand."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """The outcome of every check, in the order they were made."""

    manifest: Row
    checks: tuple[Check, ...]

    @property
    def valid(self) -> bool:
        """Whether every check held."""
        return all(check.outcome == "ok" for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "valid": self.valid,
            "pot_id": self.manifest.get("pot_id"),
            "export_id": self.manifest.get("export_id"),
            "checks": [vars(check) for check in self.checks],
        }


@dataclass
class _Read:
    """What is kept of the lines: never the lines themselves."""

    manifest: Row = field(default_factory=dict)
    manifest_line: bytes = b""
    signature: Row = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    chains: dict[str, str] = field(default_factory=dict)
    pot: Row = field(default_factory=dict)
    live: list[tuple[int, merkle.Node]] = field(default_factory=list)
    paid: dict[str, int] = field(default_factory=dict)
    wrong_tags: list[str] = field(default_factory=list)
    chain: list[Row] = field(default_factory=list)
    balance: int = 0
    moved: dict[str, int] = field(default_factory=dict)
    unbalanced: list[str] = field(default_factory=list)
    proof: Row | None = None
    checkpoint: Row | None = None
    leaves: dict[int, Row] = field(default_factory=dict)


def verify(file: Path, keys: list[bytes], trust: proof.Trust | None = None) -> Verdict:
    """Return what holds of an export, signed by one of `keys` (32 bytes each).

    `trust` is whom its settlement proof may name: nobody in particular, and drand's quicknet.
    Raises UnreadableInputError for what is no export: no lines, no JSON, no manifest first.
    """
    try:
        with file.open("rb") as stream:
            read, fault = _read(stream)
    except OSError as error:
        raise UnreadableInputError(f"cannot read {file}: {error.strerror}") from None
    checks = [holds("lines", not fault, fault or "each is canonical and where it belongs")]
    if not fault:
        checks += _integrity(read, keys)
    if all(check.outcome == "ok" for check in checks):
        # What was signed may still be malformed, which is its signer's doing.
        try:
            checks += _content(read, trust or proof.Trust())
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            checks.append(Check("form", "failed", f"a row is malformed: {type(error).__name__}"))
    return Verdict(read.manifest, tuple(checks))


def _read(stream: IO[bytes]) -> tuple[_Read, str]:
    read = _Read()
    first, _ = _next(stream)
    try:
        part, manifest = form.read_line(first)
    except (ValueError, RecursionError):
        part, manifest = "", None
    if part != form.MANIFEST or not isinstance(manifest, dict):
        raise UnreadableInputError("its first line is not the manifest of an export")
    read.manifest, read.manifest_line = manifest, first
    chain = form.FIRST_CHAIN
    at = 0
    number = 1
    while True:
        content, ended = _next(stream)
        number += 1
        if not content:
            return read, f"it ends at line {number} without a signature"
        try:
            part, row = form.read_line(content)
        except (ValueError, RecursionError) as error:
            return read, f"line {number}: {error}"
        if part == form.SIGNATURE:
            read.signature = row if isinstance(row, dict) else {}
            rest = stream.read(1)
            return read, "" if ended and not rest else f"there is more after line {number}"
        if part not in form.PARTS or form.PARTS.index(part) < at or not isinstance(row, dict):
            return read, f"line {number} is of no part that belongs there"
        at = form.PARTS.index(part)
        chain = form.chained(chain, content)
        read.lines[part] = read.lines.get(part, 0) + 1
        read.chains[part] = chain.hex()
        try:
            _take(read, part, row)
        except (KeyError, TypeError, ValueError, AttributeError):
            return read, f"line {number} is not a row of {part}"


def _next(stream: IO[bytes]) -> tuple[bytes, bool]:
    content = stream.readline(LONGEST_LINE)
    return content.removesuffix(b"\n"), content.endswith(b"\n")


def _take(read: _Read, part: str, row: Row) -> None:
    match part:
        case "pot":
            read.pot = row
        case "entries":
            _take_entry(read, row)
        case "chain":
            read.chain.append(row)
        case "ledger":
            _take_transfer(read, row)
        case "proof":
            read.proof = row
        case "log" if "leaf_index" in row:
            read.leaves[row["seq"]] = row
        case "log":
            read.checkpoint = row


def _take_entry(read: _Read, row: Row) -> None:
    pot_id = UUID(read.manifest["pot_id"])
    tag = bytes.fromhex(row["entrant_tag"])
    read.paid[row["entry_id"]] = row["credits_spent"]
    if row["first_ticket"] is not None:
        node = merkle.leaf(pot_id, row["ticket_count"], tag, GAME)
        read.live.append((row["first_ticket"], node))
    if "salt" in row:
        salt = bytes.fromhex(row["salt"])
        if draw.entrant_tag(salt, pot_id, UUID(row["player"])) != tag:
            read.wrong_tags.append(row["entry_id"])


def _take_transfer(read: _Read, row: Row) -> None:
    sides = row["sides"]
    if sum(side["amount"] for side in sides) != 0 or len(sides) != 2:
        read.unbalanced.append(str(row["transfer_id"]))
    # Only what the pot itself holds: its escrow and its hold.
    read.balance += sum(s["amount"] for s in sides if s["account"] in ("escrow", "hold"))
    if row["kind"] in ("join", "refund"):
        key = f"{row['kind']} {row['entry_id']}"
        read.moved[key] = read.moved.get(key, 0) + row["amount"]


def _integrity(read: _Read, keys: list[bytes]) -> Iterator[Check]:
    stated = read.signature
    schema = read.manifest.get("schema")
    yield equal("schema", "this program's", form.SCHEMA, schema, "the manifest")
    public_key, signed = str(stated.get("public_key")), str(stated.get("signature"))
    trusted = next((key for key in keys if key.hex() == public_key), None)
    if trusted is None:
        yield Check("signature", "failed", f"is by {public_key}, which is none of your --key")
    else:
        try:
            held = signing.verify(trusted, form.message(read.manifest_line), bytes.fromhex(signed))
        except ValueError:
            held = False
        verb = "is" if held else "is not"
        yield holds("signature", held, f"{verb} Ed25519 by {public_key} over the manifest")
    chain = form.FIRST_CHAIN.hex()
    stated_parts = read.manifest.get("parts")
    if not isinstance(stated_parts, list):
        stated_parts = []
    found = []
    for part in form.PARTS:
        chain = read.chains.get(part, chain)
        found.append({"part": part, "lines": read.lines.get(part, 0), "chain": chain})
    for mine, theirs in zip(found, [*stated_parts, *[None] * len(found)], strict=False):
        if mine != theirs:
            told = f"{mine['part']} is not what was signed ({mine['lines']} lines here)"
            yield Check("record", "failed", told)
            return
    same = stated_parts == found and read.manifest.get("lines") == sum(read.lines.values())
    yield holds("record", same, f"{sum(read.lines.values())} lines are those that were signed")


def _content(read: _Read, trust: proof.Trust) -> Iterator[Check]:
    pot_id = UUID(read.manifest["pot_id"])
    same = read.pot.get("id") == str(pot_id) and read.pot["status"] == read.manifest["status"]
    yield holds("pot", same, "is the one that the manifest names" if same else "is another one")
    broken = next(bundle.broken_links(pot_id, read.chain), "")
    if not read.chain:
        broken = "there is no row"
    yield holds("chain", not broken, broken or f"{len(read.chain)} rows, each bound to the last")
    yield from _entries(read)
    yield from _books(read)
    if read.pot["status"] == "settled":
        if read.proof is None:
            yield Check("proof", "failed", "a settled pot has one, and it is not here")
        else:
            verdict = proof.verify(proof.Document(dict(read.proof)), trust)
            yield holds("proof", verdict.valid, verdict.summary)
    yield from _log(read)


def _entries(read: _Read) -> Iterator[Check]:
    if read.pot["entries_root"] is not None:
        nodes = [node for _, node in sorted(read.live, key=lambda each: each[0])]
        root = merkle.root(nodes)
        formula = f"the tree over {len(nodes)} entries"
        stated = read.pot["entries_root"]
        yield equal("entries_root", formula, root.hash.hex(), stated, "the pot")
        yield equal("total_tickets", "their tickets", root.sum, read.pot["total_tickets"], "it")
    if read.manifest["identified"]:
        wrong = read.wrong_tags
        told = f"{wrong[0]} is not its player's" if wrong else "each is its player's"
        yield holds("entrant_tags", not wrong, told)


def _books(read: _Read) -> Iterator[Check]:
    wrong = read.unbalanced
    told = f"transfer {wrong[0]} does not sum to zero" if wrong else "every transfer sums to zero"
    yield holds("ledger", not wrong, told)
    unpaid = [
        entry for entry, spent in read.paid.items() if read.moved.get(f"join {entry}") != spent
    ]
    told = f"entry {unpaid[0]} was not paid for so" if unpaid else "every entry was paid for once"
    yield holds("payments", not unpaid, told)
    yield equal("escrow", "what the books leave the pot", read.balance, _held(read), "the pot")


def _held(read: _Read) -> int:
    """Return what the pot says it has: its escrow, and a prize that waits for a review."""
    held: int = read.pot["escrow"] + read.pot.get("held", 0)
    return held


def _log(read: _Read) -> Iterator[Check]:
    if read.checkpoint is None:
        return
    root = base64.b64decode(read.checkpoint["root"])
    size: int = read.checkpoint["size"]
    rows = {row["seq"]: row for row in read.chain}
    for seq, leaf in read.leaves.items():
        hashed = tlog.leaf_hash(bytes.fromhex(rows[seq]["row_hash"]))
        path = [bytes.fromhex(step) for step in leaf["path"]]
        if not tlog.verify_inclusion(hashed, leaf["leaf_index"], size, path, root):
            yield Check("log", "failed", f"row {seq} is not in the checkpoint of size {size}")
            return
    told = f"{len(read.leaves)} of {len(rows)} rows are in the checkpoint of size {size}"
    yield Check("log", "ok", told)
