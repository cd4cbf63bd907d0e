"""A month is dropped when its file and copies are on their disks, and not before."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pypot_cli.archive import detach as detaching
from pypot_cli.archive import month_file
from pypot_cli.errors import PypotError
from pypot_cli.keys import new_secret

CONTENTS = month_file.Contents(date(2025, 10, 1), 1, {}, "00" * 32, 1)


class Office:
    """A database that notes what was on the disk when it was told to drop the rows."""

    def __init__(self, synced: set[Path]) -> None:
        self._synced = synced
        self.synced: set[Path] | None = None

    def one(self, name: str, **_: Any) -> Any:
        """As Office.one."""
        assert name == "detach"
        self.synced = set(self._synced)
        return {"detached": True}


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> set[Path]:
    """The files and directories that were synced so far."""
    found = set[Path]()
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        found.add(Path(f"/proc/self/fd/{descriptor}").readlink())

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(month_file, "verify", lambda *_: CONTENTS)
    return found


def test_file_and_copies_are_on_the_disk_before_the_rows_are_dropped(
    synced: set[Path], tmp_path: Path
) -> None:
    out = tmp_path / "here" / "month"
    copies = [tmp_path / "there" / "copy", tmp_path / "elsewhere" / "copy"]
    for file in (out, *copies):
        file.parent.mkdir()
    out.write_text("a month")
    copies[0].write_text("a month")  # it was made before; the other is made now
    office: Any = Office(synced)
    assert detaching.detach(office, CONTENTS, out, copies, new_secret())["detached"]
    kept = {out, *copies}
    assert office.synced >= kept | {file.parent for file in kept}
    assert copies[1].read_text() == "a month"


def test_a_disk_that_fails_keeps_the_rows(
    synced: set[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "month"
    out.write_text("a month")

    def fails(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fails)
    office: Any = Office(synced)
    with pytest.raises(PypotError, match="Input/output error"):
        detaching.detach(office, CONTENTS, out, [], new_secret())
    assert office.synced is None
