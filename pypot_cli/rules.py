"""The rules of a pot as the text that is hashed (contract, section 5)."""

from __future__ import annotations

from pypot_cli.fairness.canonical import canonical_json

RULES_KEYS = ("draw_version", "entry_cost", "max_per_user", "max_tickets", "min_participants")
"""The keys of a draw 1 rules text, in the order RFC 8785 gives them."""


def rules_text(
    *, entry_cost: int, max_tickets: int, max_per_user: int, min_participants: int
) -> str:
    """Return the rules of a draw 1 pot as RFC 8785 canonical JSON. Amounts are whole credits."""
    return canonical_json(
        {
            "draw_version": 1,
            "entry_cost": entry_cost,
            "max_per_user": max_per_user,
            "max_tickets": max_tickets,
            "min_participants": min_participants,
        }
    )
