"""Events into files: JSON lines, or Parquet. An export that was broken off goes on where it was.

JSON lines: one file, whose last whole line says how far it came. Parquet: a directory of files,
each of so many events, which DuckDB, pandas and Spark read as one table; a file appears when it is
complete. What it selects is written beside them, so that no other selection is put into it.
"""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.events.reader import Event, Reader

if TYPE_CHECKING:
    import pyarrow as pa

_FILE_EVENTS = 100_000
_SELECTION = "_selection.json"
# Of every line of JSON lines.
_BEGINNING = b'{"position":'


class Format(StrEnum):
    """How events are written."""

    JSONL = "jsonl"
    PARQUET = "parquet"


@dataclass(frozen=True)
class Selection:
    """Which events: of these kinds (all without any), written in [since, before)."""

    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    before: datetime | None = None

    def takes(self, event: Event) -> bool:
        """Say whether an event was written in that time; the reader looks at the kind."""
        at = datetime.fromisoformat(event["created_at"])
        return (self.since is None or at >= self.since) and (
            self.before is None or at < self.before
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept beside Parquet files."""
        return {
            "kinds": sorted(self.kinds),
            "from": self.since and self.since.isoformat(),
            "to": self.before and self.before.isoformat(),
        }


@dataclass(frozen=True)
class Exported:
    """How many events were written now, after which position, and up to which."""

    events: int
    after: int
    position: int


def export(
    reader: Reader,
    selection: Selection,
    file_format: Format,
    out: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Exported:
    """Write what is not in `out` yet of all events that there are now.

    `progress` is told how many positions of how many are done. Raises PypotError when `out` cannot
    be written, UnreadableInputError when it holds something else.
    """
    end = reader.end()
    try:
        sink = (JsonLines if file_format is Format.JSONL else Parquet)(out, selection)
        after, count = sink.position, 0
        with sink:
            for page in reader.until(after, end):
                chosen = [event for event in page if selection.takes(event)]
                sink.write(chosen)
                count += len(chosen)
                progress(page[-1]["position"] - after, end - after)
    except OSError as error:
        raise PypotError(f"cannot write {out}: {error.strerror or error}") from None
    return Exported(count, after, end)


class Sink(ABC):
    """Where events go: `position` is that of the last one in it, 0 when it is empty."""

    position: int

    def __enter__(self) -> Sink:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def write(self, events: Sequence[Event]) -> None:
        """Add events, in order of position."""

    @abstractmethod
    def close(self) -> None:
        """Keep what was written, also when the export is broken off here."""


class JsonLines(Sink):
    """A line an event, as `read_events` gives it."""

    def __init__(self, path: Path, selection: Selection) -> None:
        self._file = path.open("ab+")
        try:
            self.position = self._cut()
        except BaseException:
            self._file.close()
            raise

    def _cut(self) -> int:
        """Drop a line that was broken off; return the position of the last whole one."""
        kept, tail = self._file.seek(0, os.SEEK_END), b""
        while kept > 0 and tail.count(b"\n") < 2:
            step = min(kept, 65_536)
            kept -= step
            self._file.seek(kept)
            tail = self._file.read(step) + tail
        whole = tail.rfind(b"\n") + 1
        try:
            lines = tail[:whole].splitlines()
            position = int(json.loads(lines[-1])["position"]) if lines else 0
        except (ValueError, KeyError, TypeError):
            position = -1
        # What was broken off begins like any other line: nothing else is overwritten.
        if position < 0 or not _BEGINNING.startswith(tail[whole:][: len(_BEGINNING)]):
            raise UnreadableInputError(f"{self._file.name} is not a file of events")
        self._file.truncate(kept + whole)
        self._file.seek(0, os.SEEK_END)
        return position

    def write(self, events: Sequence[Event]) -> None:
        """Add events, in order of position."""
        self._file.write(b"".join(_line(event) for event in events))

    def close(self) -> None:
        """Have it on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


class Parquet(Sink):
    """A directory of Parquet files, `<first position>-<last>.parquet`."""

    def __init__(self, directory: Path, selection: Selection) -> None:
        require_pyarrow()
        directory.mkdir(parents=True, exist_ok=True)
        note = directory / _SELECTION
        wanted = json.dumps(selection.as_json())
        if note.exists():
            if note.read_text() != wanted:
                raise UnreadableInputError(
                    f"{directory} holds another selection of events: {note.read_text()}"
                )
        elif any(directory.iterdir()):
            raise UnreadableInputError(f"{directory} holds something else than an export")
        else:
            note.write_text(wanted)
        self._directory = directory
        self._waiting: list[Event] = []
        self.position = max(
            (int(file.stem.rpartition("-")[2]) for file in directory.glob("*-*.parquet")), default=0
        )

    def write(self, events: Sequence[Event]) -> None:
        """Add events, in order of position."""
        self._waiting += events
        while len(self._waiting) >= _FILE_EVENTS:
            self._put(self._waiting[:_FILE_EVENTS])
            self._waiting = self._waiting[_FILE_EVENTS:]

    def close(self) -> None:
        """Write the last file."""
        if self._waiting:
            self._put(self._waiting)
            self._waiting = []

    def _put(self, events: Sequence[Event]) -> None:
        import pyarrow.parquet as pq

        first, last = events[0]["position"], events[-1]["position"]
        # So that names sort as positions do.
        path = self._directory / f"{first:012}-{last:012}.parquet"
        begun = path.with_suffix(".partial")
        pq.write_table(_table(events), begun, compression="zstd")
        begun.replace(path)


def require_pyarrow() -> None:
    """Raise PypotError saying what to install, where Arrow is not."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise PypotError(
            "this needs PyArrow: uv sync --extra parquet (./dev pypot has it)"
        ) from None


def read_time(text: str) -> datetime:
    """Return a date or time of ISO 8601, UTC where it names no zone.

    Raises UnreadableInputError for any other text.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UnreadableInputError(
            f"not a date or time (2026-11-30, …T12:00:00Z): {text}"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _line(event: Event) -> bytes:
    placed = {"position": event["position"], **event}
    return json.dumps(placed, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _table(events: Iterable[Event]) -> pa.Table:
    import pyarrow as pa

    names = {
        "position": pa.int64(),
        "event_id": pa.string(),
        "kind": pa.dictionary(pa.int32(), pa.string()),
        "schema_version": pa.int16(),
        "pot_id": pa.string(),
        "actor": pa.string(),
        "correlation_id": pa.string(),
        "created_at": pa.timestamp("us", tz="UTC"),
        "data": pa.string(),
    }
    rows = [
        {
            **event,
            "created_at": datetime.fromisoformat(event["created_at"]),
            "data": json.dumps(event["data"], ensure_ascii=False, separators=(",", ":")),
        }
        for event in events
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(list(names.items())))
