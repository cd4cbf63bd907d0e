"""Which rows a check reads: all, archived ones included, or those of some pots (decision 0221).

The statements stay those of the whole database. Each table in them that belongs to a pot is
replaced by its rows of the pots in question, so that there is one text of an invariant and the
short form cannot come to mean something else.
"""

from __future__ import annotations

import re

_POTS = "current_setting('pypot.pots')::uuid[]"

_EVER = {
    "public.pot_entries": "private.entries_ever",
    "private.transfers": "private.transfers_ever",
    "private.ledger_entries": "private.ledger_ever",
    "private.events": "private.events_ever",
    "private.event_positions": "private.positions_ever",
    "private.told_events": "private.told_events_ever",
    "private.merkle_levels": "private.levels_ever",
}
"""What a statement of these tables is about: their rows, and those that were archived."""

_TRANSFERS = f"""
    select k.transfer_id
    from private.ledger_ever as k
    inner join private.accounts as c on k.account_id = c.id
    where c.pot_id = any ({_POTS})
    union
    select t.id
    from private.transfers_ever as t
    inner join private.entries_ever as n on t.entry_id = n.id
    where n.pot_id = any ({_POTS})
    union
    select t.id
    from private.transfers_ever as t
    where t.id > current_setting('pypot.transfer')::bigint
"""

_KEYED = f"pot_id = any ({_POTS})"

_OF_POTS = {
    "public.pots": f"id = any ({_POTS})",
    "public.pot_entries": _KEYED,
    "public.pots_audit": _KEYED,
    "private.beacons": _KEYED,
    "private.commitments": _KEYED,
    "private.exclusions": _KEYED,
    "private.flags": _KEYED,
    "private.holding_flags": _KEYED,
    "private.lock_attestations": _KEYED,
    "private.payout_holds": _KEYED,
    "private.pot_states": _KEYED,
    "private.pot_stripes": _KEYED,
    "private.settlements": _KEYED,
    "private.transfers": f"id in ({_TRANSFERS})",
    "private.ledger_entries": f"transfer_id in ({_TRANSFERS})",
}
"""Which rows of a table are of the pots in question."""

_WHOLE = {
    # Few rows, and named by those of pots.
    "private.beacon_chains",
    "private.signing_keys",
    # Found by what a row of a pot names.
    "private.accounts",
    # Read by the pot of a tree alone.
    "private.merkle_levels",
    # Found by a pot, or by a wallet.
    "private.detached_pots",
}

_TABLE = re.compile(r"\b(public|private)\.[a-z_]+(?=\s+as\b)")


def of_all(text: str) -> str:
    """Return a statement that reads archived rows too, wherever they still are in the database."""
    return _TABLE.sub(lambda found: _EVER.get(found.group(), found.group()), text)


def has_short_form(text: str) -> bool:
    """Say whether a statement reads nothing but what `of_pots` narrows."""
    named = {match.group() for match in _TABLE.finditer(text)}
    return named <= _OF_POTS.keys() | _WHOLE


def of_pots(text: str) -> str:
    """Return a statement that reads only rows of the pots that check_since/scope.sql has set."""
    return _TABLE.sub(_narrow, text)


def with_touched(text: str) -> str:
    """Return a statement of check_since/ with `touched_entries`: the ledger entries of these pots.

    What it names besides, it reads whole.
    """
    condition = _OF_POTS["private.ledger_entries"]
    touched = f"(select * from private.ledger_ever as l where l.{condition})"
    return text.replace("touched_entries", touched)


def _narrow(found: re.Match[str]) -> str:
    table = found.group()
    condition = _OF_POTS.get(table)
    ever = _EVER.get(table, table)
    return f"(select * from {ever} where {condition})" if condition else ever
