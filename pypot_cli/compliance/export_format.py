"""The file that a pot's full record is exported to, as whoever writes and whoever reads it needs.

JSON lines, each `{"part": …, "row": …}` in RFC 8785's one spelling. The first is the manifest, the
last the signature; between them the parts, in the order of `PARTS`. A running hash is taken over
them, `chain = SHA(chain || SHA(line))` from `SHA(T("pots/export/v1"))`, and the manifest says where
it stood after each part: so an altered line is named by its part. Ed25519 signs
`T("pots/export/v1") || SHA(manifest line)`. Lines are hashed without their line end.
"""

from __future__ import annotations

import json
from typing import Any

import rfc8785

from pypot_cli.fairness.draw import sha256, tag
from pypot_cli.game import GAME

SCHEMA = f"{GAME}/export/v1"
PARTS = ("pot", "entries", "chain", "ledger", "flags", "events", "proof", "log")
MANIFEST, SIGNATURE = "manifest", "signature"
PURPOSE = "export"
"""What the kid of an export's key is computed for."""

FIRST_CHAIN = sha256(tag(SCHEMA))


def line(part: str, row: Any) -> bytes:
    """Return a line, without its end. Raises ValueError for what JSON does not keep exact."""
    return rfc8785.dumps({"part": part, "row": row})


def chained(chain: bytes, content: bytes) -> bytes:
    """Return the running hash after one more line."""
    return sha256(chain, sha256(content))


def message(manifest: bytes) -> bytes:
    """Return what is signed of a manifest's line."""
    return tag(SCHEMA) + sha256(manifest)


def read_line(content: bytes) -> tuple[str, Any]:
    """Return part and row of a line. Raises ValueError unless it is spelled as `line` does."""
    value = json.loads(content)
    if not (isinstance(value, dict) and value.keys() == {"part", "row"}):
        raise ValueError("is not a line of an export")
    if rfc8785.dumps(value) != content:
        raise ValueError("is not canonical JSON (RFC 8785)")
    part = value["part"]
    if not isinstance(part, str):
        raise ValueError("names no part")
    return part, value["row"]
