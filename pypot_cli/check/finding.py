"""What a check names when its invariant does not hold."""

from typing import NamedTuple


class Finding(NamedTuple):
    """`subject` is which row, `problem` what is wrong with it."""

    subject: str
    problem: str
