"""Files that are whole or not there: what is published, or must be remembered, is written so."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from pypot_cli.errors import PypotError, UnreadableInputError


def write_durably(file: Path, content: bytes) -> None:
    """Replace `file` by `content`; on return it is on the disk, under its name.

    Raises PypotError when it cannot be written; then what was there before is there still.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                os.fchmod(stream.fileno(), 0o644)
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).replace(file)
        except OSError:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
        sync(file.parent)
    except OSError as error:
        raise PypotError(f"cannot write {file}: {error.strerror}") from None


def sync(path: Path) -> None:
    """Have what was written to a file, or the names in a directory, on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_if_there(file: Path) -> bytes | None:
    """Return the content of `file`, None if there is none.

    Raises UnreadableInputError when it cannot be read.
    """
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnreadableInputError(f"cannot read {file}: {error.strerror}") from None
