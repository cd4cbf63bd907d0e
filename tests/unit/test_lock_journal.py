"""The journal: the first lock of a round is remembered, by everybody, and for good."""

import os
import re
import sqlite3
import uuid
from pathlib import Path

import pytest

from pypot_cli.config import ROOT
from pypot_cli.errors import UnreadableInputError
from pypot_cli.lock_journal import LockJournal, open_journal

ROUND = uuid.UUID(int=7)
FIRST, SECOND = b"\1" * 32, b"\2" * 32


def test_the_first_lock_of_a_round_stays(tmp_path: Path) -> None:
    journal = LockJournal(tmp_path / "below" / "journal.sqlite")
    assert journal.lock_of(ROUND) is None
    assert journal.note(ROUND, FIRST) == FIRST
    assert journal.note(ROUND, FIRST) == FIRST
    assert journal.note(ROUND, SECOND) == FIRST
    assert journal.lock_of(ROUND) == FIRST
    assert journal.lock_of(uuid.UUID(int=8)) is None


def test_another_process_reads_what_was_noted(tmp_path: Path) -> None:
    LockJournal(tmp_path / "journal.sqlite").note(ROUND, FIRST)
    second = LockJournal(tmp_path / "journal.sqlite")
    assert second.lock_of(ROUND) == FIRST
    assert second.note(ROUND, SECOND) == FIRST


def test_what_is_no_journal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database, and long enough to be read as one\n" * 100)
    with pytest.raises(UnreadableInputError, match="cannot keep a journal"):
        LockJournal(tmp_path / "text")
    with pytest.raises(UnreadableInputError, match="cannot keep a journal"):
        LockJournal(tmp_path)
    with pytest.raises(UnreadableInputError, match="takes no more"):
        LockJournal(tmp_path / "journal.sqlite").note(ROUND, b"short")
    assert open_journal(None) is None


def test_a_note_is_on_the_disk_before_it_returns(tmp_path: Path) -> None:
    journal = LockJournal(tmp_path / "journal.sqlite")
    assert journal._db.execute("pragma synchronous").fetchone() == (3,)
    journal.note(ROUND, FIRST)
    journal.close()
    assert os.listdir(tmp_path) == ["journal.sqlite"]  # noqa: PTH208 (no leftover of a transaction)


def test_journals_of_several_machines_are_put_together_as_the_page_says(tmp_path: Path) -> None:
    """What one signer noted another has to know after a restore, and nobody's own note changes."""
    page = (ROOT / "docs" / "operations.md").read_text()
    block = r"```sql\n *-- sqlite3 locks\.sqlite[^\n]*\n(.*?)```"
    (statements,) = re.findall(block, page, re.DOTALL)
    other_round = uuid.UUID(int=8)
    own = LockJournal(tmp_path / "locks.sqlite")
    own.note(ROUND, FIRST)
    own.close()
    other = LockJournal(tmp_path / "other.sqlite")
    other.note(ROUND, SECOND)
    other.note(other_round, SECOND)
    other.close()
    whole = sqlite3.connect(tmp_path / "locks.sqlite")
    whole.executescript(statements.replace("other.sqlite", str(tmp_path / "other.sqlite")))
    whole.close()
    journal = LockJournal(tmp_path / "locks.sqlite")
    assert (journal.lock_of(ROUND), journal.lock_of(other_round)) == (FIRST, SECOND)
