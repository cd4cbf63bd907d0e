"""The form of each field: what is expected, in words, and the test for it.

Two programs that read one file differently can be shown two winners, so each value has one
spelling and no field is missing or unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pypot_cli.fairness.canonical import MAX_SAFE_INTEGER, canonical_json, is_hex, read_time
from pypot_cli.fairness.canonical import read_json as read_text
from pypot_cli.proof.document import Document
from pypot_cli.proof.verdict import Check

MAX_COUNT = 2**31 - 1
"""The largest count (of tickets, of participants) in the API, an `int` of the contract."""

MAX_DEPTH = 31
"""Steps of a path to `entries_root`: a pot has 2^31 - 1 entries at most."""

_LOG_DEPTH = 63  # A log has fewer than 2^63 rows.
_LONGEST_TEXT = 1 << 16


@dataclass(frozen=True)
class Form:
    """What a value must look like: in words, and as a test."""

    words: str
    accepts: Callable[[object], bool]


@dataclass(frozen=True)
class Items:
    """A list of `most` items at most, each an object of these fields or a value of this form."""

    of: Fields | Form
    most: int


@dataclass(frozen=True)
class OrNull:
    """An object of these fields, or null, or not there."""

    fields: Fields


Fields = Mapping[str, Any]
"""Name → Form, or the Fields of an object inside, or Items, or OrNull."""


def integer(low: int, high: int) -> Form:
    """Return the form of a whole number, spelled as one."""
    # `type is int`, because True is an int to isinstance and 1.0 is equal to 1.
    return Form(
        f"an integer from {low} to {high}" if low < high else f"the integer {low}",
        lambda value: type(value) is int and low <= value <= high,
    )


def hexadecimal(size: int) -> Form:
    """Return the form of `size` bytes."""
    return Form(f"{2 * size} lower-case hex digits", lambda value: is_hex(value, size))


def _is_uuid(value: object) -> bool:
    pattern = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _is_time(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        read_time(value)
    except ValueError:
        return False
    return True


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_TEXT


COUNT = integer(1, MAX_COUNT)
INDEX = integer(0, MAX_COUNT - 1)
POSITIVE = integer(1, MAX_SAFE_INTEGER)
NATURAL = integer(0, MAX_SAFE_INTEGER)
HASH = hexadecimal(32)
TEXT = Form("a text", _is_text)
UUID_TEXT = Form("a UUID in lower case", _is_uuid)
TIME = Form("a UTC time like 2026-11-22T17:49:34.123456Z", _is_time)
TRUTH = Form("true or false", lambda value: isinstance(value, bool))

SIGNED: Fields = {"kid": hexadecimal(8), "public_key": HASH, "signature": hexadecimal(64)}
SIBLING: Fields = {
    "side": Form('"left" or "right"', lambda value: value in ("left", "right")),
    "sum": COUNT,
    "hash": HASH,
}
PATH = Items(SIBLING, MAX_DEPTH)
BEACON: Fields = {
    "chain_hash": HASH,
    "round": POSITIVE,
    "signature": hexadecimal(48),
    "rotation": INDEX,
    "kid": hexadecimal(8),
    "public_key": HASH,
    "attestation": hexadecimal(64),
}


def _row(action: str) -> Fields:
    return {
        "action": Form(f'"{action}"', lambda value: value == action),
        "seq": POSITIVE,
        "created_at": TIME,
        "prev_hash": HASH,
        "payload": TEXT,
        "leaf_index": NATURAL,
        "path": Items(HASH, _LOG_DEPTH),
    }


RELEASE: Fields = {
    "outcome": Form('"paid" or "returned"', lambda value: value in ("paid", "returned")),
    "released_at": TIME,
    "entries": COUNT,
    "tickets": COUNT,
    "credits": POSITIVE,
}


WITNESS: Fields = {
    "checkpoint": TEXT,
    "rows": (_row("locked"), _row("revealed")),
}


def _proof(draw_version: int) -> Fields:
    common: dict[str, Any] = {
        "version": integer(1, 1),
        "pot_id": UUID_TEXT,
        "draw_version": integer(draw_version, draw_version),
        "rules_text": TEXT,
        "rules_hash": HASH,
        "commit_tag": HASH,
        "commit_hash": HASH,
        "reveal_seed": HASH,
        "locked_at": TIME,
        "entries_root": HASH,
        "total_tickets": COUNT,
        "lock_digest": HASH,
        "hmac": HASH,
        "winner_index": INDEX,
        "beacon": BEACON,
        "winning_ticket": INDEX,
        "winning_entry": {
            "entry_id": UUID_TEXT,
            "first_ticket": INDEX,
            "ticket_count": COUNT,
            "entrant_tag": HASH,
            "merkle_path": PATH,
        },
        "orchestrator": SIGNED,
        "settlement": SIGNED,
        "payout": {"credits": POSITIVE, "held": TRUTH, "escrow_after": NATURAL},
        "audit": {"seq": POSITIVE, "row_hash": HASH},
        "settled_at": TIME,
        "release": OrNull(RELEASE),
    }
    if draw_version == 1:
        return common | {"beacon": Form("null with draw_version 1", lambda value: value is None)}
    return common | {"witness": OrNull(WITNESS)}


_TERMS: Fields = {
    "entry_cost": POSITIVE,
    "max_per_user": COUNT,
    "max_tickets": COUNT,
    "min_participants": COUNT,
}
PROOFS: Mapping[int, Fields] = {1: _proof(1), 2: _proof(2)}
"""Draw version → the fields of its proof."""

RULES: Mapping[int, Fields] = {
    1: {"draw_version": integer(1, 1), **_TERMS},
    2: {"beacon_chain_hash": HASH, "draw_version": integer(2, 2), **_TERMS},
}
"""Draw version → the fields of its rules."""


def malformed(value: object, fields: Fields, where: str, what: str) -> Iterator[str]:
    """Yield a sentence for each member that is missing, unknown, or not of its form.

    `where` is the name of the object in reports, "" for the outermost, which is `what`.
    """
    if not isinstance(value, dict):
        yield f"{where or f'the {what}'} must be an object, not {shown(value)}"
        return
    prefix = f"{where}." if where else ""
    for name in value.keys() - fields.keys():
        yield f"{prefix}{shown(name)} is not a field of a {what}"
    for name, form in fields.items():
        at = f"{prefix}{name}"
        if name in value:
            yield from _member(value[name], form, at, what)
        elif not isinstance(form, OrNull):
            yield f"{at} is missing"


def _member(value: object, form: Any, at: str, what: str) -> Iterator[str]:
    if isinstance(form, OrNull):
        if value is not None:
            yield from malformed(value, form.fields, at, what)
    elif isinstance(form, Items):
        if not isinstance(value, list) or len(value) > form.most:
            yield f"{at} must be a list of {form.most} steps or fewer, not {shown(value)}"
        else:
            for number, item in enumerate(value):
                yield from _member(item, form.of, f"{at}[{number}]", what)
    elif isinstance(form, tuple):
        if not isinstance(value, list) or len(value) != len(form):
            yield f"{at} must be a list of {len(form)} objects, not {shown(value)}"
        else:
            for number, each in enumerate(form):
                yield from _member(value[number], each, f"{at}[{number}]", what)
    elif isinstance(form, Mapping):
        yield from malformed(value, form, at, what)
    elif not form.accepts(value):
        yield f"{at} must be {form.words}, not {shown(value)}"


def shown(value: object) -> str:
    """Return a foreign value short, in ASCII and without control characters: fit for a terminal."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return ascii(value if len(value) <= 72 else f"{value[:69]}...")
    return json.dumps(value)


def check_form(document: Document, fields: Fields, what: str) -> Check:
    """Return the check of every field's form."""
    faults = list(document.ambiguous) + sorted(malformed(document.value, fields, "", what))
    if faults:
        more = f" (and {len(faults) - 5} more)" if len(faults) > 5 else ""
        return Check("form", "failed", "; ".join(faults[:5]) + more)
    return Check("form", "ok", "every field is there, no other is, and each has its one spelling")


def read_canonical(text: str, fields: Fields, name: str) -> tuple[dict[str, Any] | None, str]:
    """Return the object of a canonical JSON text and "", or None and what is wrong with it."""
    try:
        value, faults = read_text(text)
        faults += sorted(malformed(value, fields, name, "proof"))
        if not faults and canonical_json(value) != text:
            faults.append(f"{name} is not in its RFC 8785 canonical spelling")
    except ValueError as error:
        return None, f"{name} is not JSON: {shown(str(error))}"
    return (None, "; ".join(faults[:5])) if faults else (value, "")
