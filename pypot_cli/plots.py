"""What commands that draw a picture ask of its file, by Matplotlib (extra `fraud`)."""

from __future__ import annotations

from pathlib import Path

from pypot_cli.errors import PypotError, UnreadableInputError

SUFFIXES = (".png", ".svg")


def check(file: Path) -> None:
    """Raise UnreadableInputError for a name of another kind, PypotError without Matplotlib."""
    if file.suffix.lower() not in SUFFIXES:
        raise UnreadableInputError(f"{file} must end in {' or '.join(SUFFIXES)}")
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError:
        raise PypotError(
            "this needs Matplotlib: uv sync --extra fraud (./dev pypot has it)"
        ) from None
