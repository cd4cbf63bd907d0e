"""Verifying the database's audit rows against checkpoints and copies that are kept outside of it.

Everything is recomputed from the rows: payload hashes, row hashes, every pot's chain, and the tree
over them. What the database says of itself must agree, which finds what was changed in haste; what
lies outside must agree too, which finds what was changed with all hashes made anew. All is read
from one snapshot and nothing is written to the database.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg import rows

from pypot_cli import db
from pypot_cli.audit_log import tiles
from pypot_cli.audit_log.compare import differences
from pypot_cli.audit_log.destinations import read_checkpoint_file
from pypot_cli.audit_log.finding import Finding, Kind
from pypot_cli.audit_log.state import State
from pypot_cli.db.connection import query
from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.fairness import draw, tlog
from pypot_cli.fairness.canonical import read_json
from pypot_cli.fairness.note import Note, VerifierKey, is_signed
from pypot_cli.fairness.tlog import Checkpoint, CompactRange
from pypot_cli.game import GAME

Progress = Callable[[int, int], None]
"""Told how many leaves were read, and how many there are to read."""

_BATCH = 2000
_KEPT = 100
_NO_HASH = "0" * 64


@dataclass(frozen=True)
class Outside:
    """A checkpoint that is kept outside, and the directory of the whole copy, if it has one."""

    source: str
    note: Note
    checkpoint: Checkpoint
    directory: Path | None = None


@dataclass(frozen=True)
class Report:
    """What was verified: leaves [start, size) of log `origin`, against how many checkpoints."""

    origin: str
    size: int
    start: int
    waiting: int
    checkpoints: int
    seconds: float
    findings: tuple[Finding, ...]
    more: int
    """Findings beyond those that are listed."""
    state: State
    """What to begin with next time; only good when nothing was found."""

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        """Return what `pypot audit verify --json` prints."""
        return {
            "ok": self.sound,
            "origin": self.origin,
            "size": self.size,
            "root": self.state.root().hex() if self.sound else None,
            "verified": self.size - self.start,
            "waiting": self.waiting,
            "checkpoints": self.checkpoints,
            "seconds": round(self.seconds, 3),
            "findings": [each._asdict() for each in self.findings],
            "more": self.more,
        }


def outside(checkpoints: Sequence[Path], copies: Sequence[Path]) -> list[Outside]:
    """Return the checkpoints in files and in directories of tiles.

    Raises UnreadableInputError where there is none.
    """
    found = []
    for file, directory in [
        *((each, None) for each in checkpoints),
        *((each / "checkpoint", each) for each in copies),
    ]:
        read = read_checkpoint_file(file)
        if read is None:
            raise UnreadableInputError(f"there is no {file}")
        found.append(Outside(str(directory or file), *read, directory))
    return found


def verify(
    url: str,
    kept: Sequence[Outside],
    before: State | None,
    log_keys: Sequence[VerifierKey],
    progress: Progress,
) -> Report:
    """Verify the log of the database `url`, from where `before` ended, else from its beginning.

    Raises UnreadableInputError (exit code 2) when the database cannot be read.
    """
    try:
        with db.connect(url) as conn:
            conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            conn.read_only = True
            conn.execute(query("check_snapshot"))
            return _Verification(conn, kept, before or State(), log_keys, progress).run()
    except psycopg.errors.UndefinedTable:
        raise UnreadableInputError(
            "this database has no audit log: run pypot migrate apply"
        ) from None
    except psycopg.errors.InsufficientPrivilege:
        raise UnreadableInputError(
            "this role may not read the audit log: give --db the URL of role postgres"
        ) from None
    except psycopg.Error as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise UnreadableInputError(f"the database cannot be read: {lines[0]}") from None
    except PypotError as error:
        raise UnreadableInputError(str(error)) from None


class _Row(NamedTuple):
    """An audit row, as both queries that read some give it behind their own first columns."""

    pot_id: UUID
    seq: int
    action: str
    actor_id: UUID
    reason: str | None
    metadata: Any
    created_at: int
    payload: str
    payload_hash: str
    prev_hash: str
    row_hash: str

    @property
    def subject(self) -> str:
        return f"pot {self.pot_id}, seq {self.seq}"


@dataclass
class _Verification:
    conn: psycopg.Connection[Any]
    kept: Sequence[Outside]
    before: State
    log_keys: Sequence[VerifierKey]
    progress: Progress
    findings: list[Finding] = field(default_factory=list)
    more: int = 0
    # Where each pot's chain stands, as far as it was read: seq and row_hash.
    heads: dict[UUID, tuple[int, str]] = field(default_factory=dict)
    # The seqs of each pot that a later one came before, and that have not come yet.
    missing: dict[UUID, set[int]] = field(default_factory=dict)
    # Leaves that are not the hashes of their rows: index, row, its hash, the leaf.
    changed: list[tuple[int, str, str, str]] = field(default_factory=list)
    # Copies whose root is not the rows'.
    differing: list[Outside] = field(default_factory=list)
    # Recomputed hashes of the leaves that were read; kept only when they will be compared.
    hashes: list[bytes] = field(default_factory=list)

    def run(self) -> Report:
        began = time.monotonic()
        start = self.before.size
        origin, size, leaves, pending = self._one("audit_log_head", start=start)
        tree = CompactRange(start, self.before.hashes)
        if self._is_another(origin) or size < start:
            if size < start:
                self._add(
                    "rolled back",
                    "the log",
                    f"has {size} leaves; {start} were verified before: the database is an older"
                    " copy, or its tail was cut",
                )
            return self._report(origin, size, size, pending, began, tree, 0)
        self._look_at_what_was_verified()
        stops = self._stops(size)
        self._read_leaves(tree, leaves, stops)
        for copy in self.differing:
            self._compare_leaves(copy)
        self._read_waiting()
        self._name_changed()
        for pot_id, seqs in self.missing.items():
            for seq in sorted(seqs):
                self._add("deleted", f"pot {pot_id}, seq {seq}", "is missing from the chain")
        if start == 0:
            self._compare_heads()
        self._compare_sizes(size)
        (last_id,) = self._one("audit_log_last_id")
        return self._report(origin, size, start, pending, began, tree, last_id)

    # ------------------------------------------------------------------------- before reading

    def _is_another(self, origin: str) -> bool:
        others = {
            (each.source, each.checkpoint.origin)
            for each in self.kept
            if each.checkpoint.origin != origin
        }
        if self.before.origin not in (None, origin):
            others.add(("the state", str(self.before.origin)))
        for source, other in sorted(others):
            self._add("another log", source, f"is of log {other}; this database's is {origin}")
        for each in self.kept:
            for key in self.log_keys[:1]:
                if not any(is_signed(each.note, one) for one in self.log_keys):
                    self._add("unsigned", each.source, f"is not signed by {key.name}'s key")
        return bool(others)

    def _look_at_what_was_verified(self) -> None:
        """Compare the stored tree with what was verified before, and older checkpoints with that.

        Costs a few hashes: no row of before is read.
        """
        if self.before.size == 0:
            return
        root = self.before.root()
        if self._stored(self.before.size, self.before.size)[0] != root:
            self._add(
                "forked",
                "the log",
                f"its first {self.before.size} leaves are no more those that were verified before",
            )
        for each in self.kept:
            old = each.checkpoint
            if old.size < self.before.size:
                _, proof = self._stored(old.size, self.before.size)
                if not tlog.verify_consistency(old.size, old.root, self.before.size, root, proof):
                    self._add(
                        "forked",
                        each.source,
                        f"its {old.size} leaves are not the beginning of what was verified before",
                    )

    def _stored(self, old: int, new: int) -> tuple[bytes | None, list[bytes]]:
        try:
            with self.conn.transaction():
                root, path = self._one("audit_log_consistency", old=old, new=new)
        except psycopg.errors.NoDataFound:
            return None, []
        return root, [bytes.fromhex(each) for each in path]

    def _stops(self, size: int) -> dict[int, list[tuple[str, bytes]]]:
        """Return the roots that are known at sizes to be reached, with who says so."""
        stops: dict[int, list[tuple[str, bytes]]] = {}
        for each in self.kept:
            if self.before.size <= each.checkpoint.size <= size:
                stops.setdefault(each.checkpoint.size, []).append(
                    (each.source, each.checkpoint.root)
                )
        own = self.conn.execute(query("audit_log_checkpoints"), {"start": self.before.size})
        for at, text in own.fetchall():
            try:
                said = tlog.read_checkpoint(text)
            except ValueError:
                said = Checkpoint("", 0, b"")
            if at > size:
                self._add("truncated", "the log", f"has {size} leaves, and a checkpoint of {at}")
            stops.setdefault(at, []).append(("the database's own checkpoint", said.root))
        return stops

    # --------------------------------------------------------------------------- the leaves

    def _read_leaves(
        self, tree: CompactRange, leaves: int, stops: dict[int, list[tuple[str, bytes]]]
    ) -> None:
        compares = any(each.directory for each in self.kept)
        matched, whole = tree.size, True
        self._compare_root(tree, stops, matched)
        for number, row in enumerate(
            self._stream("audit_log_rows", start=tree.size), start=tree.size
        ):
            index, leaf = row[0], row[1]
            if index != number and whole:
                self._add("deleted", f"leaf {number}", "is missing from the log")
                whole = False
            hashed = self._examine_leaf(index, leaf, row[2:])
            if compares:
                self.hashes.append(hashed)
            tree.append(tlog.leaf_hash(hashed))
            if whole and tree.size in stops and self._compare_root(tree, stops, matched):
                matched = tree.size
            if number % _BATCH == 0:
                self.progress(number - self.before.size, leaves)
        self.progress(leaves, leaves)

    def _examine_leaf(self, index: int, leaf: str, columns: tuple[Any, ...]) -> bytes:
        """Return the hash that the row has now, or the leaf's where there is no row."""
        if columns[0] is None:
            self._add("deleted", f"leaf {index}", f"its audit row, row_hash {leaf}, is gone")
            return bytes.fromhex(leaf)
        row = _Row(*columns)
        computed = self._examine(row)
        if computed.hex() != leaf or row.row_hash != leaf:
            self.changed.append((index, row.subject, computed.hex(), leaf))
        return computed

    def _examine(self, row: _Row) -> bytes:
        """Look at what a row says of itself and at its link; return its hash, recomputed."""
        seq, previous = self.heads.get(row.pot_id) or self._head_before(row.pot_id)
        missing = self.missing.get(row.pot_id)
        if missing and row.seq in missing:
            missing.remove(row.seq)
            self._add("swapped", row.subject, f"stands behind seq {seq}")
        elif row.seq <= seq:
            self._add("forked", row.subject, "is not the only row with this seq")
        elif row.seq > seq + 1:
            # A seq that is no number of a row would be a million missing ones.
            self.missing.setdefault(row.pot_id, set()).update(
                range(seq + 1, min(row.seq, seq + _KEPT))
            )
        elif row.prev_hash != previous:
            self._add("forked", row.subject, f"does not name the row before it, seq {seq}")
        if row.seq > seq:
            self.heads[row.pot_id] = row.seq, row.row_hash
        if problem := _problem_within(row):
            self._add("edited", row.subject, problem)
        try:
            return draw.audit_row_hash(
                round_id=row.pot_id,
                seq=row.seq,
                prev_hash=bytes.fromhex(row.prev_hash),
                created_at=row.created_at,
                payload=row.payload,
                game=GAME,
            )
        except (ValueError, OverflowError):
            return bytes(32)

    def _head_before(self, pot_id: UUID) -> tuple[int, str]:
        if self.before.size == 0:
            return 0, _NO_HASH
        found = self.conn.execute(
            query("audit_log_before"), {"pot_id": pot_id, "start": self.before.size}
        ).fetchone()
        return (found[0], found[1]) if found else (0, _NO_HASH)

    def _compare_root(
        self, tree: CompactRange, stops: dict[int, list[tuple[str, bytes]]], matched: int
    ) -> bool:
        wrong = [source for source, root in stops.get(tree.size, []) if root != tree.root()]
        for source in wrong:
            copy = next((each for each in self.kept if each.source == source), None)
            if copy is not None and copy.directory is not None:
                self.differing.append(copy)
            else:
                self._add(
                    "forked",
                    source,
                    f"its root at {tree.size} leaves is not that of the rows: they part within"
                    f" leaves {matched} to {tree.size - 1}",
                )
        return not wrong

    # ------------------------------------------------------------------- what lies outside

    def _compare_leaves(self, copy: Outside, told: Kind | None = None) -> None:
        """Name what differs between the rows and a copy of every leaf, but what was `told`."""
        if copy.directory is None:
            return
        start = self.before.size
        try:
            kept = list(tiles.leaves_of(copy.directory, copy.checkpoint.size))
        except UnreadableInputError as error:
            self._add("damaged copy", copy.source, str(error))
            return
        if tlog.root(kept) != copy.checkpoint.root:
            self._add("damaged copy", copy.source, "its leaves do not have its checkpoint's root")
            return
        for found in differences(kept[start:], self.hashes, start):
            if found.kind != told:
                self._add(found.kind, f"{copy.source}, {found.subject}", found.problem)

    def _compare_sizes(self, size: int) -> None:
        cut = any(each.kind in ("truncated", "deleted") for each in self.findings)
        for each in self.kept:
            if each.checkpoint.size > size:
                self._add(
                    "truncated" if cut else "rolled back",
                    each.source,
                    f"has {each.checkpoint.size} leaves and this log {size}: "
                    + ("its tail was cut" if cut else "the database is an older copy"),
                )
                self._compare_leaves(each, told="truncated")

    # --------------------------------------------------------------------------- the rest

    def _read_waiting(self) -> None:
        for waits, *columns in self._stream("audit_log_waiting", after=self.before.last_id):
            row = _Row(*columns)
            if not waits:
                self._add("appended", row.subject, "stands in pots_audit and never was in the log")
                self.missing.get(row.pot_id, set()).discard(row.seq)
                if row.seq > self.heads.get(row.pot_id, (0, _NO_HASH))[0]:
                    self.heads[row.pot_id] = row.seq, row.row_hash
                continue
            computed = self._examine(row)
            if computed.hex() != row.row_hash:
                self._add("edited", row.subject, "row_hash is not the hash of the row")

    def _name_changed(self) -> None:
        """Say of rows that are not what their leaves say whether they were edited or moved."""
        places = {leaf: index for index, _, _, leaf in self.changed}
        for index, subject, computed, leaf in self.changed:
            if computed in places:
                self._add(
                    "swapped", subject, f"stands at leaf {index}, where leaf {places[computed]} was"
                )
            elif computed != leaf:
                self._add("edited", subject, f"is not what was logged as leaf {index}")
            else:
                self._add("edited", subject, "row_hash is not the hash of the row")

    def _compare_heads(self) -> None:
        """Compare each chain's end with where its pot says that it ends."""
        for pot_id, seq, row_hash in self.conn.execute(query("audit_log_heads")).fetchall():
            last = self.heads.get(pot_id, (0, _NO_HASH))
            if last[0] < seq:
                self._add(
                    "truncated", f"pot {pot_id}", f"its chain ended with seq {seq}, now {last[0]}"
                )
            elif last[0] > seq:
                self._add("appended", f"pot {pot_id}", f"its chain ended with seq {seq}")
            elif last[1] != row_hash:
                self._add("forked", f"pot {pot_id}", f"says that its chain ends with {row_hash}")

    def _add(self, kind: Kind, subject: str, problem: str) -> None:
        if len(self.findings) < _KEPT:
            self.findings.append(Finding(kind, subject, problem))
        else:
            self.more += 1

    def _one(self, name: str, **values: Any) -> tuple[Any, ...]:
        found: tuple[Any, ...] | None = self.conn.execute(query(name), values).fetchone()
        if found is None:
            raise UnreadableInputError("this database has no settings")
        return found

    def _stream(self, name: str, **values: Any) -> Iterator[tuple[Any, ...]]:
        with self.conn.cursor(name=name, row_factory=rows.tuple_row) as cursor:
            cursor.itersize = _BATCH
            cursor.execute(query(name), values)
            yield from cursor

    def _report(
        self,
        origin: str,
        size: int,
        start: int,
        pending: int,
        began: float,
        tree: CompactRange,
        last_id: int,
    ) -> Report:
        return Report(
            origin,
            size,
            start,
            pending,
            len(self.kept),
            time.monotonic() - began,
            tuple(self.findings),
            self.more,
            State(origin, tree.size, tuple(tree.hashes), last_id),
        )


def _problem_within(row: _Row) -> str | None:
    """Return what a row contradicts itself in: payload and its hash, payload and columns."""
    if draw.sha256(row.payload.encode()).hex() != row.payload_hash:
        return "payload_hash is not the hash of payload"
    try:
        payload, ambiguous = read_json(row.payload)
    except ValueError:
        payload, ambiguous = None, []
    if not isinstance(payload, dict) or ambiguous:
        return "payload is not canonical JSON"
    payload.pop("nonce", None)
    columns = {
        "action": row.action,
        "actor": str(row.actor_id),
        "reason": row.reason,
        "metadata": row.metadata,
    }
    return None if payload == columns else "payload and columns differ"
