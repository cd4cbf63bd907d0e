"""What verification names."""

from typing import Literal, NamedTuple

Kind = Literal[
    "edited",
    "deleted",
    "inserted",
    "swapped",
    "appended",
    "truncated",
    "forked",
    "rolled back",
    "another log",
    "unsigned",
    "damaged copy",
]


class Finding(NamedTuple):
    """`kind` of tampering, `subject`: which row, leaf or checkpoint, `problem`: what is wrong."""

    kind: Kind
    subject: str
    problem: str
