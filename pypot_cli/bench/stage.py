"""Players with credits and open pots on a throwaway server, by the public functions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg

from pypot_cli import db, seeds
from pypot_cli.db.connection import query
from pypot_cli.db.request import api_request
from pypot_cli.keys import Secret, new_secret
from pypot_cli.rpc import Api, Caller, login_url

MOST = 1_000_000
"""More tickets, joins or credits than a benchmark ever makes in one place."""

GRANT = 1_000_000_000

RULES: dict[str, Any] = {
    "blocked_regions": ["KP"],
    "joins_per_minute": MOST,
    "joins_per_day": MOST,
    "credits_per_minute": MOST,
    "credits_per_day": MOST,
    "accounts_per_ip": MOST,
    "accounts_per_device": MOST,
    "account_age_hours": 0,
    "new_account_hours": 87_600,
    "new_account_tickets": MOST,
    "new_account_credits_per_day": MOST,
}
"""All guard rails, none of which is ever reached; to them everybody is new."""

USUAL: dict[str, Any] = {**RULES, "new_account_hours": 24}
"""The same to players as most are: nobody is new, and the rules for new accounts have no work."""

_AGE = timedelta(days=30)

_CHUNK = 100


def numbered(what: str, number: int) -> UUID:
    """Return the id of a player or pot that a script of pgbench knows by its number."""
    return UUID(hashlib.md5(f"{what} {number}".encode(), usedforsecurity=False).hexdigest())


def add_players(admin_url: str, url: str, users: Sequence[UUID]) -> None:
    """Make players who signed up a month ago, and grant each of them credits."""
    with db.connect(admin_url) as conn:
        created = [datetime.now(UTC) - _AGE] * len(users)
        conn.execute(query("fraud/users"), {"ids": list(users), "created": created})
    with psycopg.connect(login_url(url), autocommit=True) as conn:
        for start in range(0, len(users), _CHUNK):
            chunk = list(users[start : start + _CHUNK])
            with api_request(conn, "pot_treasury") as request:
                request.execute(query("bench/grants"), {"users": chunk, "amount": GRANT})


def open_pots(
    url: str, pots: Sequence[UUID], *, max_tickets: int = MOST, master: Secret | None = None
) -> None:
    """Open pots for a day at a credit a ticket, any number of which one player may have.

    Their seeds come from `master`, else from a key that nobody keeps.
    """
    master = master or new_secret()
    with Api(login_url(url)) as api:
        pairs = [
            {"pot_id": str(pot), "commit_hash": seeds.commit(master, pot).commit_hash.hex()}
            for pot in pots
        ]
        api.call(Caller("pot_settlement"), "add_commitments", commitments=pairs)
        for pot in pots:
            api.call(
                Caller("pot_orchestrator"), "create_pot", pot_id=pot, entry_cost=1,
                max_tickets=max_tickets, max_per_user=max_tickets, fill_seconds=86_400,
            )  # fmt: skip


def set_rules(
    url: str,
    scope: str = "global",
    scope_id: str | None = None,
    rules: Mapping[str, Any] = USUAL,
) -> None:
    """Have guard rails looked at in each join of a scope."""
    officer = Caller("pot_compliance", uuid4())
    with Api(login_url(url)) as api:
        for rule, value in rules.items():
            api.call(
                officer, "set_guard_rail", scope=scope, scope_id=scope_id, rule=rule,
                value=json.dumps(value), reason="a benchmark",
            )  # fmt: skip
