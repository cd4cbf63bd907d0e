"""Where checkpoints are published: a file, a directory of tiles, an address, or a command.

Those that can be read again are read first, and no checkpoint replaces one that it does not
continue: an older copy of the database, or a rewritten one, cannot overwrite what tells on it.
"""

from __future__ import annotations

import shlex
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from pathlib import Path

import httpx

from pypot_cli import exchange
from pypot_cli.audit_log import tiles
from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.fairness import tlog
from pypot_cli.fairness.note import Note, read_note
from pypot_cli.fairness.tlog import Checkpoint
from pypot_cli.files import read_if_there, write_durably
from pypot_cli.steps import Step, step

Leaves = Callable[[int], Iterable[bytes]]
"""The data of the log's leaves from an index on."""

_SECONDS = 30.0
_LONGEST_ANSWER = 1 << 16


class Destination(ABC):
    """One place outside the database; `name` says which, as it was given."""

    def __init__(self, name: str) -> None:
        self.name = name

    def last(self) -> Checkpoint | None:
        """Return the checkpoint that is there; None if there is none, or it cannot be read back.

        Raises PypotError when what is there is no checkpoint.
        """
        return None

    @abstractmethod
    def publish(self, note: Note, leaves: Leaves) -> None:
        """Put the note there. Raises PypotError when that fails."""


def destination(name: str) -> Destination:
    """Return the place that `--to` names.

    `cmd:COMMAND` gets the note on its standard input; an address (http, https) gets it by PUT; a
    name that ends with / or is a directory becomes a copy of the whole log; all else is a file.
    """
    if name.startswith("cmd:"):
        return _Command(name)
    if name.startswith(("http://", "https://")):
        return _Address(name)
    if name.endswith("/") or Path(name).is_dir():
        return _Directory(name)
    return _File(name)


def read_checkpoint_file(file: Path) -> tuple[Note, Checkpoint] | None:
    """Return the note in a file and its checkpoint; None if there is no such file.

    Raises UnreadableInputError if it holds anything else.
    """
    content = read_if_there(file)
    if content is None:
        return None
    try:
        note = read_note(content)
        return note, tlog.read_checkpoint(note.text)
    except ValueError as error:
        raise UnreadableInputError(f"{file} holds no checkpoint: {error}") from None


class _File(Destination):
    def last(self) -> Checkpoint | None:
        found = read_checkpoint_file(Path(self.name))
        return found[1] if found else None

    def publish(self, note: Note, leaves: Leaves) -> None:
        write_durably(Path(self.name), str(note).encode())


class _Directory(Destination):
    def last(self) -> Checkpoint | None:
        found = read_checkpoint_file(Path(self.name) / "checkpoint")
        return found[1] if found else None

    def publish(self, note: Note, leaves: Leaves) -> None:
        last = self.last()
        old_size = last.size if last else 0
        checkpoint = tlog.read_checkpoint(note.text)
        directory = Path(self.name)
        with step(Step.COPY_LEAVES):
            tiles.extend(directory, old_size, checkpoint, leaves(tiles.first_needed(old_size)))
        # Last: whoever reads the checkpoint finds every tile that it needs.
        write_durably(directory / "checkpoint", str(note).encode())


class _Address(Destination):
    def publish(self, note: Note, leaves: Leaves) -> None:
        try:
            answer = exchange.ask(
                "PUT",
                self.name,
                seconds=_SECONDS,
                most=_LONGEST_ANSWER,
                content=str(note).encode(),
                headers={"Content-Type": "text/plain; charset=utf-8"},
            )
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise PypotError(f"{self.name}: {type(error).__name__}") from None
        if not 200 <= answer.status <= 299:
            raise PypotError(f"{self.name}: answered {answer.status}")


class _Command(Destination):
    def publish(self, note: Note, leaves: Leaves) -> None:
        try:
            words = shlex.split(self.name[4:])
            subprocess.run(
                words,
                input=str(note).encode(),
                stdout=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=True,
            )
        except (ValueError, IndexError):
            raise PypotError(f"{self.name}: no command") from None
        except OSError as error:
            raise PypotError(f"{words[0]}: {error.strerror}") from None
        except subprocess.CalledProcessError as error:
            raise PypotError(f"{words[0]}: ended with {error.returncode}") from None
        except subprocess.TimeoutExpired:
            raise PypotError(f"{words[0]}: did not end within {_SECONDS:.0f} s") from None
