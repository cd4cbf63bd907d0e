"""What a person writes for a guard rail or a policy is what the database is asked for."""

from typing import Any

import pytest

from pypot_cli.compliance.limits import read_score, read_value
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


@pytest.mark.parametrize(
    ("written", "meant"), [("0", 0), ("0.8", 0.8), ("1", 1), ("1.0", 1), ("none", None)]
)
def test_a_score_is_read_as_it_is_meant(written: str, meant: float | None) -> None:
    assert read_score(written) == meant


@pytest.mark.parametrize("written", ["", "nan", "1.1", "-0.5", "0,8", ".8", "1e0", "null", "off"])
def test_what_is_no_score_is_refused(written: str) -> None:
    with pytest.raises(UnreadableInputError, match=r"a number from 0 to 1, such as 0\.8, or none"):
        read_score(written)
