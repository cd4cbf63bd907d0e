"""Where a check goes on: a state is what a check that held has left, or it is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pypot_cli import check
from pypot_cli.check.state import read_mark, write_mark
from pypot_cli.cli import app
from pypot_cli.errors import UnreadableInputError

MARK = check.Mark(datetime(2026, 11, 26, 12, tzinfo=UTC), 7, "ab" * 32, 5)
LATER = replace(MARK, audit_id=9)


def test_a_mark_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "state"
    assert read_mark(file) is None
    for mark in (MARK, replace(MARK, audit_id=0, row_hash=None)):
        write_mark(file, mark)
        assert read_mark(file) == mark


@pytest.mark.parametrize(
    "changes",
    [
        {"at": "2026-11-26T12:00:00"},
        {"at": "yesterday"},
        {"at": None},
        {"row_hash": "ab"},
        {"row_hash": "AB" * 32},
        {"audit_id": "none"},
        {"transfer_id": None},
    ],
    ids=str,
)
def test_what_no_check_has_left_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    file = tmp_path / "state"
    write_mark(file, MARK)
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))
    with pytest.raises(UnreadableInputError, match="remove it to check the whole"):
        read_mark(file)


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs the command with a check that finds so many things broken, and ends at LATER."""

    def run(broken: int, file: Path) -> int:
        outcome = check.Outcome("escrows", "Escrows add up.", 3, broken, ())
        since = check.Since(2, (outcome,), LATER)
        monkeypatch.setattr(check, "checked_database", lambda *_: ([outcome], LATER))
        monkeypatch.setattr(check, "check_since", lambda *_: since)
        asked = ["check", "--db", "postgresql://nowhere", "--state", str(file)]
        return CliRunner().invoke(app, asked).exit_code

    return run


@pytest.mark.parametrize("before", [None, MARK], ids=["whole", "short"])
def test_a_check_that_found_something_leaves_the_state_as_it_was(
    checked: Callable[..., int], tmp_path: Path, before: check.Mark | None
) -> None:
    file = tmp_path / "state"
    if before is not None:
        write_mark(file, before)
    assert checked(1, file) == 1
    assert read_mark(file) == before
    assert checked(0, file) == 0
    assert read_mark(file) == LATER
