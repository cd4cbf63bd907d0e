"""What benchmarks make in bulk is what the calls make: row by row, in every table.

One database is filled by the public functions, another one in bulk; ids, hashes and times differ,
everything else may not.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from pypot_cli import check
from pypot_cli.bench import bulk
from pypot_cli.bench.stage import GRANT
from pypot_cli.db.connection import query
from pypot_cli.db.request import api_request
from pypot_cli.rpc import Api, Caller
from tests.support.database import Database
from tests.support.servers import Servers, Template

PLAYERS, JOINS, POTS = 4, 10, 3
# What of a row depends on the backend, or is spread by chance.
LEFT_OUT = {"stripe"}
UNCOMPARED = {
    # Which stripe sold how many is up to the joins; together they are compared below.
    "private.pot_stripes",
    # When the lobby heard of a pot last depends on how long the joins took.
    "private.lobby_pulses",
}
FORMS = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<uuid>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<hash>"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "<nonce>"),
    (re.compile(r'"entrant": ?"[0-9a-f]{16}"'), '"entrant":"<entrant>"'),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(Z|\+00:00)"), "<time>"),
)


def rows(conn: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """Every row of every table of ours, with what differs from run to run named by its form."""
    tables = conn.execute(
        "select n.nspname || '.' || c.relname from pg_class as c"
        " inner join pg_namespace as n on c.relnamespace = n.oid"
        " where n.nspname in ('public', 'private') and c.relkind = 'r' order by 1"
    ).fetchall()
    found = {}
    for (table,) in tables:
        if table in UNCOMPARED:
            continue
        shown = []
        for (row,) in conn.execute(f"select to_jsonb(t) from {table} as t"):
            text = json.dumps(
                {name: value for name, value in row.items() if name not in LEFT_OUT},
                sort_keys=True,
            )
            for pattern, form in FORMS:
                text = pattern.sub(form, text)
            shown.append(text)
        found[table] = sorted(shown)
    return found


def stripes(conn: psycopg.Connection[Any]) -> list[Any]:
    return conn.execute(
        "select count(*), sum(quota), sum(sold), sum(participants), sum(version)"
        " from private.pot_stripes group by pot_id order by 2, 1"
    ).fetchall()


def called(database: Database) -> tuple[dict[str, list[str]], list[Any]]:
    """What the calls leave."""
    with database.admin() as conn, Api(database.url("authenticator")) as api:
        bulk.prepare(conn)
        users = [bulk.player_id(number) for number in range(PLAYERS)]
        conn.execute(query("demo_users"), [users])
        for user in users:
            api.call(
                Caller("pot_treasury"), "grant_credits", user_id=user, amount=GRANT,
                reason="a benchmark", idempotency_key=None,
            )  # fmt: skip
        pot_id, _ = bulk.open_pot(api, JOINS, PLAYERS)
        for number in range(JOINS):
            join(conn, database, pot_id, number)
        for _ in range(POTS):
            bulk.open_pot(api, 1, 1)
        return rows(conn), stripes(conn)


def join(conn: psycopg.Connection[Any], database: Database, pot_id: UUID, number: int) -> None:
    user = number % PLAYERS
    ((address, device),) = conn.execute(
        "select pg_temp.player_address(%s), pg_temp.player_device(%s)", [user, user]
    ).fetchall()
    headers = {"cf-connecting-ip": address, "cf-ipcountry": "DE", "x-device-id": device}
    claims = {"sub": str(bulk.player_id(user)), "aud": "authenticated"}
    with (
        psycopg.connect(database.url("authenticator"), autocommit=True) as login,
        api_request(login, "authenticated", claims, headers=headers) as request,
    ):
        request.execute(
            "select public.join_pot(pot_id => %s, ticket_count => %s)",
            [pot_id, 1 + number % 3],
        )


def in_bulk(database: Database) -> tuple[dict[str, list[str]], list[Any]]:
    """What is made in bulk."""
    with database.admin() as conn, Api(database.url("authenticator")) as api:
        bulk.prepare(conn)
        bulk.add_players(conn, PLAYERS)
        pot_id, _ = bulk.open_pot(api, JOINS, PLAYERS)
        bulk.fill(conn, pot_id, JOINS, PLAYERS)
        bulk.open_pots(conn, 0, POTS - 1)
        return rows(conn), stripes(conn)


@pytest.fixture
def two(servers: Servers) -> Iterator[tuple[Database, Database]]:
    made = [servers.create(Template(17)) for _ in range(2)]
    yield made[0], made[1]
    for each in made:
        servers.drop(each)


def test_bulk_leaves_what_the_calls_leave(two: tuple[Database, Database]) -> None:
    (by_calls, sold_by_calls), (by_bulk, sold_in_bulk) = called(two[0]), in_bulk(two[1])
    assert {table for table, found in by_calls.items() if found} >= {
        "private.events", "private.ledger_entries", "private.transfers", "private.wallets",
        "public.pot_entries", "public.pots", "public.pots_audit",
    }  # fmt: skip
    for table, found in by_calls.items():
        assert by_bulk[table] == found, table
    assert sold_in_bulk == sold_by_calls
    assert [each.name for each in check.check_database(two[1].url()) if not each.holds] == []
