"""What a service remembers outside the database: for each pot, the one lock it answered for.

A database that was restored to an earlier moment, or whose failover lost commits, offers a pot for
sale again that was locked, and whose seed everybody may have seen. Only what is kept elsewhere can
tell. So the orchestrator notes each lock before it signs it, the signer before it reveals; no pot
gets a second one.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from uuid import UUID

from pypot_cli.errors import UnreadableInputError

_WAIT_SECONDS = 10.0
_TABLE = """
    create table if not exists locks (
        round_id blob primary key check (length(round_id) = 16),
        lock_digest blob not null check (length(lock_digest) = 32)
    ) without rowid
"""


class LockJournal:
    """One SQLite file, made if missing; several services of a machine may share it.

    The first lock of a round is remembered for good.
    """

    def __init__(self, file: Path) -> None:
        """Raise UnreadableInputError for a file that cannot be used, or is something else."""
        self._file = file
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # A service uses it from one thread, which need not be the one that opens it.
            self._db = sqlite3.connect(
                file, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            # An insert returns when it is on the disk, and the name of a new file with it.
            self._db.execute("pragma synchronous = extra")
            self._db.execute(_TABLE)
        except (OSError, sqlite3.Error) as error:
            raise UnreadableInputError(f"{file} cannot keep a journal: {error}") from None

    def note(self, round_id: UUID, lock_digest: bytes) -> bytes:
        """Remember that a lock (32 bytes) is about to be answered for; return the first one noted.

        Raises UnreadableInputError when the disk does not take it.
        """
        try:
            self._db.execute(
                "insert into locks values (?, ?) on conflict do nothing",
                (round_id.bytes, lock_digest),
            )
        except sqlite3.Error as error:
            raise UnreadableInputError(f"{self._file} takes no more: {error}") from None
        noted = self.lock_of(round_id)
        if noted is None:
            raise UnreadableInputError(f"{self._file} has lost what was written to it")
        return noted

    def lock_of(self, round_id: UUID) -> bytes | None:
        """Return the lock of a round that was answered for, or None if there was none."""
        try:
            row = self._db.execute(
                "select lock_digest from locks where round_id = ?", (round_id.bytes,)
            ).fetchone()
        except sqlite3.Error as error:
            raise UnreadableInputError(f"{self._file} cannot be read: {error}") from None
        return None if row is None else bytes(row[0])

    def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(sqlite3.Error):
            self._db.close()


def open_journal(file: Path | None) -> LockJournal | None:
    """Return the journal in `file`, if one is named. Raises UnreadableInputError."""
    return None if file is None else LockJournal(file)
