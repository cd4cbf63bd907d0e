"""From a file to a JSON object, and to nothing that two programs would read differently."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness.canonical import read_json

LONGEST_PROOF = 1 << 18
"""Bytes. A proof has about 4 kB: its path has 31 steps or fewer, its checkpoint a few lines."""


@dataclass(frozen=True)
class Document:
    """A JSON object, and what in its text two readers could understand differently."""

    value: dict[str, Any]
    ambiguous: list[str] = field(default_factory=list)


def read_bytes(source: str, most: int) -> bytes:
    """Return what is in the file `source`, or on standard input if it is `-`.

    Never more than `most` + 1 bytes. Raises UnreadableInputError if it cannot be read.
    """
    try:
        if source == "-":
            return sys.stdin.buffer.read(most + 1)
        with Path(source).open("rb") as stream:
            return stream.read(most + 1)
    except OSError as error:
        raise UnreadableInputError(f"cannot read {source}: {error.strerror}") from None


def parse(content: bytes, most: int, what: str) -> tuple[Any, list[str]]:
    """Return the JSON value in `content`, and what is ambiguous in it.

    Raises UnreadableInputError, naming `what` it was to be, for more than `most` bytes, what is not
    UTF-8 or not JSON (NaN and Infinity are not).
    """
    if len(content) > most:
        raise UnreadableInputError(f"{what} is larger than {most} bytes")
    try:
        return read_json(content.decode())
    except ValueError as error:
        raise UnreadableInputError(f"{what} is not JSON: {error}") from None


def read_document(source: str, what: str) -> Document:
    """Return the JSON object in the file `source`, or on standard input if it is `-`.

    Raises UnreadableInputError if it cannot be read, and as `read_proof` does.
    """
    return _object(open_content(source), what)


def open_content(source: str) -> bytes:
    """Return what is in the file `source`, or on standard input if it is `-`: enough to read it.

    One byte more than a proof may have, at most. Raises UnreadableInputError if it cannot be read.
    """
    return read_bytes(source, LONGEST_PROOF)


def open_proof(source: str) -> Document:
    """Return the proof in the file `source`, or on standard input if it is `-`.

    Raises UnreadableInputError if it cannot be read, and as `read_proof` does.
    """
    return read_document(source, "the proof")


def read_proof(content: bytes) -> Document:
    """Return the JSON object in `content`.

    Raises UnreadableInputError for more than LONGEST_PROOF bytes, what is not UTF-8 or not JSON
    (NaN and Infinity are not), or JSON that is not an object.
    """
    return _object(content, "the proof")


def _object(content: bytes, what: str) -> Document:
    value, ambiguous = parse(content, LONGEST_PROOF, what)
    if not isinstance(value, dict):
        raise UnreadableInputError(f"{what} is not a JSON object")
    return Document(value, ambiguous)
