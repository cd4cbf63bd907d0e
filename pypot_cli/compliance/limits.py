"""The value of a guard rail or a policy, as people write it."""

from __future__ import annotations

import re
from typing import Any

from pypot_cli.errors import UnreadableInputError
from pypot_cli.rpc import JsonString

# As private.guard_rail_value takes them: T1, which is Tor, too.
_REGIONS = re.compile(r"[A-Z][A-Z0-9](,[A-Z][A-Z0-9])*", re.ASCII)
_SCORE = re.compile(r"[01](\.[0-9]{1,9})?", re.ASCII)


def read_value(text: str) -> Any:
    """Return a number, a list of regions, "off", or None for none.

    Raises UnreadableInputError for anything else. Whether the rule takes it, the database says.
    """
    if text == "none":
        return None
    if text == "off":
        return JsonString(text)
    if text.isascii() and text.isdigit() and len(text) < 17:
        return int(text)
    if _REGIONS.fullmatch(text):
        return text.split(",")
    raise UnreadableInputError("a limit is a number, regions such as NL,BE, off or none")


def read_score(text: str) -> float | None:
    """Return a score, 0 to 1, or None for none. Raises UnreadableInputError for anything else."""
    if text == "none":
        return None
    if _SCORE.fullmatch(text) and float(text) <= 1:
        return float(text)
    raise UnreadableInputError("a score is a number from 0 to 1, such as 0.8, or none")
