"""Archives pots: each exported, signed, checked offline, and only then moved, a transaction each.

Whatever ends it in between, the next run goes on: a pot is in one place or in the other, and an
export that was written before is taken if it is still what the pot is, else made anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from pypot_cli.archive.months import name
from pypot_cli.archive.office import Office, RefusedError
from pypot_cli.compliance import export as exports
from pypot_cli.compliance import export_check
from pypot_cli.compliance import export_format as form
from pypot_cli.compliance.desk import Desk
from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.fairness import signing
from pypot_cli.keys import Secret
from pypot_cli.proof import Trust

PAGE_SIZE = 100
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
NO_POT = UUID(int=0)

Progress = Callable[[date, int], None]
"""Called with a month and how many of its pots were looked at."""


@dataclass
class Outcome:
    """What came of a run."""

    archived: int = 0
    entries: int = 0
    months: list[str] = field(default_factory=list)
    blocked: Counter[str] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "archived": self.archived,
            "entries": self.entries,
            "months": self.months,
            "blocked": dict(self.blocked),
            "failed": self.failed,
        }


@dataclass(frozen=True)
class Exporting:
    """How pots are taken out: by whose desk, why, where to, by which key, and whom proofs name."""

    desk: Desk
    reason: str
    folder: Path
    key: Secret
    trust: Trust = field(default_factory=Trust)

    def file(self, month: date, pot_id: UUID) -> Path:
        """Return where the export of a pot is."""
        return self.folder / name(month) / f"{pot_id}.jsonl"


def plan(office: Office) -> list[dict[str, Any]]:
    """Return what could be archived, a month each."""
    return [
        {
            "month": month,
            "pots": pots,
            "archived": archived,
            "ready": ready,
            "blocked": blocked,
            "detached_at": detached_at.isoformat() if detached_at else None,
        }
        for month, pots, archived, ready, blocked, detached_at in office.rows("plan")
    ]


def run(
    office: Office,
    exporting: Exporting,
    months: list[date],
    limit: int | None = None,
    progress: Progress = lambda *_: None,
) -> Outcome:
    """Archive what is ready of `months`, `limit` pots at most.

    A pot that cannot be exported, or whose export does not hold, stays, and is named in `failed`.
    """
    outcome = Outcome()
    with _alone(exporting.folder):
        for month in months:
            office.rows("open_month", month=month)
            before = outcome.archived
            for number, (pot_id, blockers) in enumerate(_due(office, month), 1):
                progress(month, number)
                if limit is not None and outcome.archived >= limit:
                    break
                if blockers:
                    outcome.blocked.update(blockers)
                    continue
                try:
                    answer = archive(office, exporting, month, pot_id)
                except RefusedError as refused:
                    # It was ready a moment ago.
                    outcome.blocked.update(refused.details.get("blockers", [str(refused)]))
                except UnreadableInputError:
                    raise
                except PypotError as error:
                    # Or another run archived it while it was exported here.
                    if not office.one("is_archived", pot_id=pot_id):
                        outcome.failed[str(pot_id)] = str(error)
                else:
                    outcome.archived += answer["archived"]
                    outcome.entries += answer.get("entries", 0)
            if outcome.archived > before:
                outcome.months.append(name(month))
    return outcome


def archive(office: Office, exporting: Exporting, month: date, pot_id: UUID) -> dict[str, Any]:
    """Export a pot, check the export, and move its rows; return what archive_pot answers."""
    file = exporting.file(month, pot_id)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    manifest = _valid(exporting, file)
    version = office.one("version", pot_id=pot_id)
    if manifest is None or manifest["version"] != version:
        # Nothing was archived by it: the pot is where it was.
        file.unlink(missing_ok=True)
        exports.export(exporting.desk, pot_id, exporting.reason, file, exporting.key)
        manifest = _valid(exporting, file)
    if manifest is None or manifest["pot_id"] != str(pot_id):
        raise PypotError(f"{file} does not hold: pypot compliance verify-export says why")
    answer: dict[str, Any] = office.one(
        "archive_pot",
        pot_id=pot_id,
        export_id=manifest["export_id"],
        export_hash=sha256_of(file),
        version=manifest["version"],
    )
    return answer


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _due(office: Office, month: date) -> Iterator[tuple[UUID, list[str]]]:
    after_end, after = LONG_AGO, NO_POT
    while True:
        page = office.rows(
            "archivable", month=month, after_end=after_end, after=after, most=PAGE_SIZE
        )
        for pot_id, ended_at, blockers in page:
            yield pot_id, blockers
            after_end, after = ended_at, pot_id
        if len(page) < PAGE_SIZE:
            return


def _valid(exporting: Exporting, file: Path) -> dict[str, Any] | None:
    """Return the manifest of an export that holds and is by this key."""
    if not file.exists():
        return None
    try:
        public_key = signing.public_key(exporting.key.reveal())
        if not export_check.verify(file, [public_key], exporting.trust).valid:
            return None
        with file.open("rb") as stream:
            part, manifest = form.read_line(stream.readline().removesuffix(b"\n"))
    except (UnreadableInputError, ValueError, json.JSONDecodeError):
        return None
    return manifest if part == form.MANIFEST else None


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a second run out of the folder; another folder is another run, which is safe too."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder / ".archive.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise PypotError(f"another run writes to {folder}: wait for it") from None
            yield
    except OSError as error:
        raise PypotError(f"cannot write to {folder}: {error.strerror}") from None
