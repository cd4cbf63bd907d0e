"""What a verification leaves for the next one, so that what is new costs what is new."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness.canonical import read_hex
from pypot_cli.fairness.tlog import CompactRange
from pypot_cli.files import read_if_there, write_durably


@dataclass(frozen=True)
class State:
    """The first `size` leaves of log `origin`, verified, as a compact range.

    `last_id` is the largest pots_audit.id among them. The empty state is of no log.
    """

    origin: str | None = None
    size: int = 0
    hashes: tuple[bytes, ...] = ()
    last_id: int = 0

    def root(self) -> bytes:
        """Return the root over these leaves."""
        return CompactRange(self.size, self.hashes).root()


def read_state(file: Path) -> State | None:
    """Return the state in a file, None if there is no such file.

    Raises UnreadableInputError if it holds anything else.
    """
    content = read_if_there(file)
    if content is None:
        return None
    try:
        found = json.loads(content)
        state = State(
            str(found["origin"]),
            int(found["size"]),
            tuple(read_hex(each, 32, "a hash") for each in found["hashes"]),
            int(found["last_id"]),
        )
        state.root()
    except (ValueError, TypeError, KeyError):
        raise UnreadableInputError(
            f"{file} is no state of a verification: remove it to verify from the beginning"
        ) from None
    return state


def write_state(file: Path, state: State) -> None:
    """Replace the state in a file, whole or not at all. Raises PypotError if it cannot."""
    shown = {
        "origin": state.origin,
        "size": state.size,
        "hashes": [each.hex() for each in state.hashes],
        "last_id": state.last_id,
    }
    write_durably(file, json.dumps(shown, indent=2).encode() + b"\n")
