"""The rules of a pot as the text that is hashed (contract, section 5)."""

from __future__ import annotations

from collections.abc import Mapping

from pypot_cli.fairness.canonical import canonical_json

BEACON_AFTER_LOCK = 30_000_000
"""Microseconds: the beacon's round is the first at or after the lock and this."""

REVEAL_BEFORE_BEACON = 6_000_000
"""Microseconds: a reveal must come more than this before the round's time."""

_TERMS = ("draw_version", "entry_cost", "max_per_user", "max_tickets", "min_participants")

RULES_KEYS: Mapping[int, tuple[str, ...]] = {1: _TERMS, 2: ("beacon_chain_hash", *_TERMS)}
"""Draw version → the keys of its rules text, in the order RFC 8785 gives them."""


def rules_text(
    *,
    entry_cost: int,
    max_tickets: int,
    max_per_user: int,
    min_participants: int,
    beacon_chain_hash: str | None = None,
) -> str:
    """Return the rules of a pot as RFC 8785 canonical JSON. Amounts are whole credits.

    With a beacon chain's hash (64 lower-case hex digits) they are of draw 2, else of draw 1.
    """
    terms: dict[str, int | str] = {
        "draw_version": 1 if beacon_chain_hash is None else 2,
        "entry_cost": entry_cost,
        "max_per_user": max_per_user,
        "max_tickets": max_tickets,
        "min_participants": min_participants,
    }
    if beacon_chain_hash is not None:
        terms["beacon_chain_hash"] = beacon_chain_hash
    return canonical_json(terms)
