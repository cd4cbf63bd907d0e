"""What docs/error-codes.md lets a caller see, and what is wrong with an answer that is not that."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from pypot_cli.config import ROOT

PAGE = ROOT / "docs" / "error-codes.md"

_TOKEN = re.compile(r"^\| `(\w+)` \| (PT\d{3}) \|.*\|([^|]*)\|$", re.MULTILINE)
_CODE = re.compile(r"^\| `(\w{5}|PGRST\d{3})` \| ([\d, ]+) \|", re.MULTILINE)

# What only somebody inside could say: names of what is private, places in code, rows.
_INSIDE = re.compile(
    r"\b(?:private|auth|vault|realtime|extensions)\.\w|PL/pgSQL|SQL function|Failing row|Key \("
    r"|\bconstraint \"|\brelation \"|\bat RAISE|\bline \d+ at |pg_catalog|pg_temp|\.sql\b|\.py\b"
)
SHAPES = ("a body that is no JSON", "a body in an unknown shape")
"""What is wrong with what is not even an error's body."""

_BODY = {"code", "message", "details", "hint"}
_GATEWAY = {401, 404, 405, 413, 414, 431}


@cache
def tokens() -> dict[str, tuple[str, frozenset[str] | None]]:
    """Token → its SQLSTATE, and the keys its details may have; None when any may be there."""
    found = {}
    for token, state, details in _TOKEN.findall(PAGE.read_text()):
        keys = None if "what else" in details else frozenset(re.findall(r"`(\w+)`", details))
        found[token] = (state, keys)
    return found


@cache
def codes() -> dict[str, frozenset[int]]:
    """Codes that come before any of our code → their HTTP statuses."""
    return {
        code: frozenset(int(each) for each in statuses.split(","))
        for code, statuses in _CODE.findall(PAGE.read_text())
    }


def problem(status: int, content: bytes) -> str | None:
    """What is wrong with an answer of the API, as a sentence without what the caller sent."""
    try:
        body: Any = json.loads(content) if content else None
    except (ValueError, RecursionError):
        if status == 400 and content == b"Invalid HTTP request received.":
            return None
        return SHAPES[0] if status >= 400 else None
    if status < 400:
        return None
    if isinstance(body, dict) and "message" in body and set(body) <= {"message", "hint"}:
        return None if status in _GATEWAY else f"HTTP {status}: {body['message']}"
    if not isinstance(body, dict) or set(body) != _BODY:
        return SHAPES[1]
    return _refusal(status, body)


def _refusal(status: int, body: dict[str, Any]) -> str | None:
    code, message = str(body["code"]), str(body["message"])
    if code.startswith("PT"):
        return _ours(status, code, message, body)
    if status not in codes().get(code, ()):
        return f"HTTP {status} {code} is not documented: {message[:200]}"
    said = f"{message} {body['details'] or ''} {body['hint'] or ''}"
    if not code.startswith("PGRST") and (found := _INSIDE.search(said)):
        return f"{code} tells of the inside: {found[0]}"
    return None


def _ours(status: int, code: str, message: str, body: dict[str, Any]) -> str | None:
    if message not in tokens():
        return f"{code} with a token that is not documented: {message[:200]}"
    wanted, keys = tokens()[message]
    if code != wanted or status != int(code[2:]):
        return f"HTTP {status} {code} {message} is documented as {wanted}"
    details = body["details"]
    if not body["hint"]:
        return f"{message} without a hint"
    try:
        told = json.loads(details or "{}")
    except ValueError:
        return f"{message} with details that are no JSON"
    if not isinstance(told, dict):
        return f"{message} with details that are no object"
    if keys is not None and (more := set(told) - keys):
        return f"{message} with details that are not documented: {', '.join(sorted(more))}"
    if found := _INSIDE.search(f"{details} {body['hint']}"):
        return f"{message} tells of the inside: {found[0]}"
    return None
