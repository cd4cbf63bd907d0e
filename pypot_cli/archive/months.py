"""Months, as the commands name them."""

from __future__ import annotations

import re
from datetime import date

from pypot_cli.errors import UnreadableInputError


def read_month(text: str) -> date:
    """Return the first day of a month written YYYY-MM. Raises UnreadableInputError."""
    found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text)
    if found is None or found[1] == "0000":
        raise UnreadableInputError(f"{text} is no month: write YYYY-MM")
    return date(int(found[1]), int(found[2]), 1)


def name(month: date) -> str:
    """Return a month as YYYY-MM."""
    return f"{month:%Y-%m}"
