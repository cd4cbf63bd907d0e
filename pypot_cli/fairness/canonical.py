"""Canonical JSON (RFC 8785) for what is hashed, and strict readers of JSON, hex and times.

Pure: no database, no files. What a hash covers is a text, and that text has one spelling only; so
the readers here accept one spelling of each value and name every other one.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785

MAX_SAFE_INTEGER = 2**53 - 1
"""The largest integer every JSON reader keeps exact (RFC 8785, section 3.2.2.3; RFC 7493)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", re.ASCII)
_HEX = re.compile(r"[0-9a-f]*", re.ASCII)
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,15}", re.ASCII)


def canonical_json(value: object) -> str:
    """Return the RFC 8785 text of `value`: dict, list, str, bool, None and int with |n| < 2^53.

    Raises ValueError for anything else, floats included: no two languages print all of them alike,
    and nothing that the contract hashes needs one.
    """
    _refuse_unhashable(value)
    return rfc8785.dumps(value).decode()  # type: ignore[arg-type]


def _refuse_unhashable(value: object) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValueError("canonical JSON: object keys must be strings")
            _refuse_unhashable(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_unhashable(item)
    elif not (value is None or isinstance(value, bool | int | str)):
        raise ValueError(f"canonical JSON: no {type(value).__name__} can be hashed")


def read_json(text: str) -> tuple[Any, list[str]]:
    """Return `text` as a Python value and what is ambiguous in it, as sentences (none: exact).

    Ambiguous is what two correct JSON readers may understand differently (RFC 8259, section 4 and
    6): a key twice in an object, and a number outside |n| < 2^53 or spelled -0, which is replaced
    by None. Raises ValueError for what is not JSON, NaN and Infinity among it.
    """
    ambiguous: list[str] = []

    def read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            ambiguous.append(f"the key {json.dumps(twice[:40])} appears twice in one object")
        return members

    def read_integer(digits: str) -> int | None:
        if _INTEGER.fullmatch(digits) and abs(int(digits)) <= MAX_SAFE_INTEGER:
            return int(digits)
        shown = digits if len(digits) <= 40 else f"{digits[:37]}..."
        ambiguous.append(f"the number {shown} is not read alike by every program")
        return None

    def refuse_constant(name: str) -> None:
        raise ValueError(f"{name} is not JSON")

    try:
        value = json.loads(
            text,
            object_pairs_hook=read_object,
            parse_int=read_integer,
            parse_constant=refuse_constant,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value, ambiguous


def is_hex(value: object, size: int) -> bool:
    """Say whether `value` is a str of exactly 2 * `size` lower-case hex digits."""
    return isinstance(value, str) and len(value) == 2 * size and _HEX.fullmatch(value) is not None


def read_hex(text: str, size: int, what: str) -> bytes:
    """Return the `size` bytes that `text` spells as lower-case hex.

    Raises ValueError naming `what` it was meant to be, and never showing it: it may be a secret.
    """
    if not is_hex(text, size):
        raise ValueError(f"{what} must be {2 * size} lower-case hex digits")
    return bytes.fromhex(text)


def time_micros(moment: datetime) -> int:
    """Return microseconds since 1970 UTC of an aware datetime (contract, section 5).

    Raises ValueError for a datetime without a time zone, or one before 1970.
    """
    if moment.tzinfo is None:
        raise ValueError("a time needs its time zone")
    micros = (moment - _EPOCH) // timedelta(microseconds=1)
    if micros < 0:
        raise ValueError("a time before 1970 has no bytes in the contract")
    return micros


def read_time(text: str) -> int:
    """Return microseconds since 1970 UTC of `2026-11-22T17:49:34.123456Z`, that spelling only.

    RFC 3339 in UTC with six fraction digits (contract, section 3). Raises ValueError otherwise.
    """
    if not _TIME.fullmatch(text):
        raise ValueError("a time is written 2026-11-22T17:49:34.123456Z")
    return time_micros(datetime.fromisoformat(text))


def write_time(micros: int) -> str:
    """Return the text that `read_time` turns back into `micros`."""
    return f"{_EPOCH + timedelta(microseconds=micros):%Y-%m-%dT%H:%M:%S.%f}Z"
