"""What a person writes for a guard rail is what the database is asked for."""

from typing import Any

import pytest

from pypot_cli.compliance.limits import read_value
from pypot_cli.errors import UnreadableInputError


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("3", 3),
        ("off", "off"),
        ("none", None),
        ("NL", ["NL"]),
        ("NL,BE", ["NL", "BE"]),
        ("KP,T1,XX", ["KP", "T1", "XX"]),  # T1 is Tor, XX is not known
    ],
)
def test_a_limit_is_read_as_it_is_meant(written: str, meant: Any) -> None:
    assert read_value(written) == meant


@pytest.mark.parametrize("written", ["", "nl", "NLD", "1T", "NL,", "NL, BE", "-1", "1.5", "٣"])
def test_what_is_no_limit_is_refused(written: str) -> None:
    with pytest.raises(UnreadableInputError, match="a number, regions such as NL,BE, off or none"):
        read_value(written)
