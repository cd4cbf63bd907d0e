"""Where a picture goes that a command draws, by Matplotlib (extra `fraud`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pypot_cli.errors import PypotError, UnreadableInputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".svg", ".png")


def check(file: Path) -> None:
    """Refuse what cannot be drawn, before the work that is to be drawn.

    Raises UnreadableInputError for a name of another kind, PypotError for a directory that is not
    there and without Matplotlib.
    """
    if file.suffix.lower() not in SUFFIXES:
        raise UnreadableInputError(f"{file} must end in {' or '.join(SUFFIXES)}")
    if not file.parent.is_dir():
        raise PypotError(f"cannot write {file}: there is no directory {file.parent}")
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError:
        raise PypotError(
            "this needs Matplotlib: uv sync --extra fraud (./dev pypot has it)"
        ) from None


def save(figure: Figure, file: Path, dpi: float = 100) -> None:
    """Write a figure, of which the suffix says the kind. Raises PypotError if it cannot be."""
    try:
        figure.savefig(file, dpi=dpi)
    except OSError as error:
        raise PypotError(f"cannot write {file}: {error.strerror}") from None
