"""What a check that held leaves for the next one, so that it costs what is new."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from pypot_cli.check import Mark
from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness.canonical import read_hex
from pypot_cli.files import read_if_there, write_durably


def read_mark(file: Path) -> Mark | None:
    """Return the mark in a file, None if there is no such file.

    Raises UnreadableInputError if it holds anything else.
    """
    content = read_if_there(file)
    if content is None:
        return None
    try:
        found = json.loads(content)
        at = datetime.fromisoformat(found["at"])
        if at.tzinfo is None:
            raise ValueError("a time without a zone")
        row_hash = found["row_hash"]
        if row_hash is not None:
            read_hex(row_hash, 32, "row_hash")
        return Mark(at, int(found["audit_id"]), row_hash, int(found["transfer_id"]))
    except (ValueError, TypeError, KeyError):
        raise UnreadableInputError(
            f"{file} is no state of a check: remove it to check the whole"
        ) from None


def write_mark(file: Path, mark: Mark) -> None:
    """Replace the mark in a file, whole or not at all. Raises PypotError if it cannot."""
    shown = {**asdict(mark), "at": mark.at.isoformat()}
    write_durably(file, json.dumps(shown, indent=2).encode() + b"\n")
