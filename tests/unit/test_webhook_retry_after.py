"""For how long a receiver asks to be left alone, in every form that HTTP has for it and others."""

from __future__ import annotations

import datetime

import pytest

from pypot_cli.webhooks.sender import retry_after

NOW = datetime.datetime(2094, 11, 6, 8, 0, 0, 500_000, datetime.UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (b"0", 0),
        (b"120", 120),
        (b" 007 ", 7),
        (b"86400", 86_400),
        (b"86401", 86_400),
        (b"9" * 5000, 86_400),
        (b"0" * 5000 + b"1", 1),
        (b"Sat, 06 Nov 2094 08:10:00 GMT", 600),
        (b"Sat Nov  6 08:10:00 2094", 600),
        (b"Sun, 06 Nov 1994 08:49:37 GMT", 0),
        (b"Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        (b"", None),
        (b"-1", None),
        (b"1.5", None),
        (b"\xb2", None),
        (b"soon", None),
        (b"Sat, 99 Nov 2094 08:10:00 GMT", None),
    ],
)
def test_a_time_is_read_in_seconds_or_as_a_date_and_is_a_day_at_most(
    said: bytes, seconds: int | None
) -> None:
    assert retry_after([(b"Content-Length", b"0"), (b"retry-AFTER", said)], NOW) == seconds


def test_the_first_counts_and_without_one_nothing_is_asked() -> None:
    assert retry_after([(b"Retry-After", b"1"), (b"Retry-After", b"2")], NOW) == 1
    assert retry_after([(b"X-Retry-After", b"1")], NOW) is None
