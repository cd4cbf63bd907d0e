"""The signed file of a month that leaves the database, as who writes and who reads it needs.

Lines `<part> <JSON>`. First `manifest`; then pot after pot, each with `pot`, its `chain`, where the
log has its row `archived` (`log`), and its rows by table, each the very text that was hashed when
the pot was archived. Last `signature`: Ed25519 over `T("pots/archive/v1") || SHA-256` of all bytes
before it.

A pot's digests are in its chain, its chain in the log, and the log in checkpoints that others have:
whoever has the file can show that it is what was played.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from pypot_cli.archive.months import name, read_month
from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.fairness import merkle, signing, tlog
from pypot_cli.fairness.draw import sha256, tag
from pypot_cli.game import GAME
from pypot_cli.keys import Secret
from pypot_cli.proof import bundle

SCHEMA = f"{GAME}/archive/v1"
TABLES = (
    "archived_entries",
    "archived_transfers",
    "archived_ledger",
    "archived_events",
    "archived_levels",
)
PURPOSE = "archive"
LONGEST_LINE = 1 << 30


class BrokenFileError(PypotError):
    """The file is not what it says."""


@dataclass
class Pot:
    """What is kept of a pot while its lines are read."""

    pot_id: UUID
    chain: list[dict[str, Any]] = field(default_factory=list)
    logged: dict[str, Any] | None = None
    hashes: dict[str, bytearray] = field(default_factory=dict)
    leaves: list[tuple[int, merkle.Node]] = field(default_factory=list)
    sides: dict[int, list[int]] = field(default_factory=dict)
    amounts: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Contents:
    """What a file that holds is of."""

    month: date
    pots: int
    rows: dict[str, int]
    file_hash: str
    tree_size: int

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "month": name(self.month),
            "pots": self.pots,
            "rows": self.rows,
            "file_hash": self.file_hash,
            "tree_size": self.tree_size,
        }


def line(part: str, text: str) -> bytes:
    """Return a line. JSON text has no line end of its own."""
    return f"{part} {text}\n".encode()


def signature(digest: bytes, key: Secret) -> bytes:
    """Return the last line of a file whose bytes before it hash to `digest`."""
    public_key = signing.public_key(key.reveal())
    return line(
        "signature",
        json.dumps(
            {
                "kid": signing.kid(PURPOSE, public_key, GAME),
                "public_key": public_key.hex(),
                "signature": signing.sign(key.reveal(), tag(SCHEMA) + digest).hex(),
            }
        ),
    )


def read_lines(stream: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield part and JSON text of each line. Raises BrokenFileError."""
    while content := stream.readline(LONGEST_LINE):
        part, space, text = content.partition(b" ")
        if not space or not text.endswith(b"\n"):
            raise BrokenFileError("a line is cut off")
        yield part.decode("ascii", "replace"), text[:-1]


def verify(file: Path, keys: list[bytes]) -> Contents:
    """Return what the file is of, once everything in it holds; signed by one of `keys`.

    Every row is what the pot's chain says by hash, every chain is whole and in the log, every entry
    is in the tree of the lock, and the books balance. Raises BrokenFileError with what does not
    hold, and UnreadableInputError for what is no such file.
    """
    try:
        with file.open("rb") as stream:
            return _verify(stream, keys)
    except OSError as error:
        raise UnreadableInputError(f"cannot read {file}: {error.strerror}") from None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise BrokenFileError(f"a row is malformed: {type(error).__name__}") from None


def _verify(stream: IO[bytes], keys: list[bytes]) -> Contents:
    whole, signed = hashlib.sha256(), hashlib.sha256()
    lines = read_lines(stream)
    try:
        part, text = next(lines)
    except StopIteration:
        raise UnreadableInputError("it is empty") from None
    if part != "manifest" or json.loads(text).get("schema") != SCHEMA:
        raise UnreadableInputError("its first line is not the manifest of a month's archive")
    manifest = json.loads(text)
    month = read_month(manifest["month"])
    rows = dict.fromkeys(TABLES, 0)
    pots = 0
    current: Pot | None = None
    last = UUID(int=0)
    while True:
        content = part.encode() + b" " + text + b"\n"
        whole.update(content)
        if part == "signature":
            break
        signed.update(content)
        if part == "pot":
            if current is not None:
                _settle(current, manifest)
            current = Pot(UUID(json.loads(text)["pot_id"]))
            if current.pot_id <= last:
                raise BrokenFileError(f"pot {current.pot_id} does not belong there")
            last, pots = current.pot_id, pots + 1
        elif part != "manifest":
            if current is None:
                raise BrokenFileError(f"a line {part} is of no pot")
            _take(current, part, text)
            if part in rows:
                rows[part] += 1
        try:
            part, text = next(lines)
        except StopIteration:
            raise BrokenFileError("it ends without a signature") from None
    if next(lines, None) is not None:
        raise BrokenFileError("there is more after the signature")
    if current is not None:
        _settle(current, manifest)
    _require_signature(json.loads(text), signed.digest(), keys)
    if pots != manifest["pots"]:
        raise BrokenFileError(f"it has {pots} pots, and its manifest says {manifest['pots']}")
    size = manifest["checkpoint"]["size"]
    return Contents(month, pots, rows, whole.hexdigest(), size)


def _require_signature(stated: dict[str, str], digest: bytes, keys: list[bytes]) -> None:
    key = next((each for each in keys if each.hex() == stated["public_key"]), None)
    if key is None:
        raise BrokenFileError(
            f"it is signed by {stated['public_key']}, which is none of your --key"
        )
    if not signing.verify(key, tag(SCHEMA) + digest, bytes.fromhex(stated["signature"])):
        raise BrokenFileError("its signature does not verify")


def _take(pot: Pot, part: str, text: bytes) -> None:
    row = json.loads(text)
    match part:
        case "chain":
            pot.chain.append(row)
            return
        case "log":
            pot.logged = row
            return
        case "archived_entries":
            if row["first_ticket"] is not None:
                entrant_tag = bytes.fromhex(row["entrant_tag"])
                node = merkle.leaf(pot.pot_id, row["ticket_count"], entrant_tag, GAME)
                pot.leaves.append((row["first_ticket"], node))
        case "archived_transfers":
            pot.amounts[row["id"]] = row["amount"]
        case "archived_ledger":
            pot.sides.setdefault(row["transfer_id"], []).append(row["amount"])
        case _ if part not in TABLES:
            raise BrokenFileError(f"there is no part {part}")
    pot.hashes.setdefault(part, bytearray()).extend(sha256(text))


def _settle(pot: Pot, manifest: dict[str, Any]) -> None:
    """Check a pot whose lines are all read. Raises BrokenFileError."""
    name = f"pot {pot.pot_id}"
    if broken := next(bundle.broken_links(pot.pot_id, pot.chain), ""):
        raise BrokenFileError(f"{name}: {broken}")
    payloads = {row["action"]: json.loads(row["payload"]) for row in pot.chain if row["payload"]}
    said = payloads["archived"]["metadata"]["tables"]
    for table in TABLES:
        hashes = bytes(pot.hashes.get(table, b""))
        found = {"rows": len(hashes) // 32, "digest": sha256(hashes).hex()}
        if said[table] != found:
            raise BrokenFileError(f"{name}: {table} is not what its chain says")
    if "locked" in payloads:
        root = merkle.root([node for _, node in sorted(pot.leaves, key=lambda each: each[0])])
        if root.hash.hex() != payloads["locked"]["metadata"]["entries_root"]:
            raise BrokenFileError(f"{name}: its entries are not those of its lock")
    for transfer, amount in pot.amounts.items():
        if sorted(pot.sides.get(transfer, ())) != [-amount, amount]:
            raise BrokenFileError(f"{name}: transfer {transfer} does not balance")
    if pot.sides.keys() != pot.amounts.keys():
        raise BrokenFileError(f"{name}: a ledger entry is of no transfer")
    _require_logged(pot, manifest["checkpoint"], name)


def _require_logged(pot: Pot, checkpoint: dict[str, Any], name: str) -> None:
    archived = next(row for row in reversed(pot.chain) if row["action"] == "archived")
    if pot.logged is None or pot.logged["seq"] != archived["seq"]:
        raise BrokenFileError(f"{name}: the log's checkpoint does not hold that it was archived")
    held = tlog.verify_inclusion(
        tlog.leaf_hash(bytes.fromhex(archived["row_hash"])),
        pot.logged["leaf_index"],
        checkpoint["size"],
        [bytes.fromhex(step) for step in pot.logged["path"]],
        base64.b64decode(checkpoint["root"]),
    )
    if not held:
        raise BrokenFileError(
            f"{name}: the log's checkpoint has another row where that it was archived"
        )
