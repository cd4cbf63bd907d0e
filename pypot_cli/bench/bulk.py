"""Players and joins by the hundred thousand: the rows that the calls write, a statement a table.

queries/bench/bulk.sql says how; tests/integration/test_bench_bulk.py compares every table with what
`grant_credits` and `join_pot` leave, and `pypot check` holds afterwards.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any
from uuid import UUID, uuid4

import psycopg

from pypot_cli.bench.stage import GRANT, numbered
from pypot_cli.db.connection import query
from pypot_cli.rpc import Api, Caller

_ORCHESTRATOR = Caller("pot_orchestrator")


def prepare(conn: psycopg.Connection[Any]) -> None:
    """Make the functions of this module, for the session of a superuser in autocommit."""
    conn.execute(query("bench/bulk"))


def player_id(number: int) -> UUID:
    """Return the id of a player by number, from 0."""
    return numbered("player", number)


def add_players(conn: psycopg.Connection[Any], count: int) -> None:
    """Sign up players 0 to `count` - 1 and grant each of them stage.GRANT credits."""
    with conn.transaction():
        _act(conn, "pot_treasury")
        conn.execute(query("demo_users"), [[player_id(number) for number in range(count)]])
        conn.execute("select pg_temp.grant_all(0, %s, %s)", [count - 1, GRANT])


def tickets(joins: int) -> int:
    """Return how many tickets so many joins buy: 1, 2, 3, 1, 2, …"""
    return sum(1 + number % 3 for number in range(joins))


def open_pot(api: Api, joins: int, players: int, draw_version: int = 1) -> tuple[UUID, bytes]:
    """Open a pot that `joins` joins of `players` players fill; return its id and its seed."""
    pot_id, seed = uuid4(), secrets.token_bytes(32)
    commitment = {"pot_id": str(pot_id), "commit_hash": hashlib.sha256(seed).hexdigest()}
    api.call(Caller("pot_settlement"), "add_commitments", commitments=[commitment])
    most = tickets(joins)
    api.call(
        _ORCHESTRATOR, "create_pot", pot_id=pot_id, entry_cost=1,
        max_tickets=most, max_per_user=min(most, 3 * -(-joins // players)),
        min_participants=min(2, players), fill_seconds=86_400, draw_version=draw_version,
    )  # fmt: skip
    return pot_id, seed


def fill(conn: psycopg.Connection[Any], pot_id: UUID, joins: int, players: int) -> None:
    """Fill an open pot by so many joins of the first players in turn."""
    with conn.transaction():
        conn.execute("select pg_temp.join_all(%s, %s, %s)", [pot_id, joins, players])


def locked_pot(conn: psycopg.Connection[Any], api: Api, joins: int, players: int) -> UUID:
    """Sign up so many players, have them fill a pot and lock it; return its id."""
    add_players(conn, players)
    pot, _ = open_pot(api, joins, players)
    fill(conn, pot, joins, players)
    api.call(_ORCHESTRATOR, "lock_pot", pot_id=pot)
    return pot


def open_pots(conn: psycopg.Connection[Any], first: int, last: int) -> None:
    """Open pots number `first` to `last`, of a ticket each."""
    with conn.transaction():
        _act(conn, "pot_orchestrator")
        conn.execute("select pg_temp.open_all(%s, %s)", [first, last])


def pot_id(number: int) -> UUID:
    """Return the id of a pot by number, from 0."""
    return numbered("pot", number)


def _act(conn: psycopg.Connection[Any], role: str) -> None:
    """Have what is written say who called, until the transaction ends."""
    claims = f'{{"role": "{role}"}}'
    conn.execute("select set_config('request.jwt.claims', %s, true)", [claims])
