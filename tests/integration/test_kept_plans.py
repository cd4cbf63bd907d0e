"""What is called all the time is planned once a connection, not once a call.

PL/pgSQL plans a statement anew for each call for as long as plans that know the arguments look
cheaper, however long it takes to make them: of a page of the lobby that was two thirds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from pypot_cli import db
from pypot_cli.bench import bulk
from pypot_cli.db.throwaway import throwaway_cluster
from pypot_cli.rpc import ANON, Api, login_url, player

_CALLS = 40
_MADE_ANEW = """
select queryid::text, calls, plans, query
from kept.pg_stat_statements
where calls >= %(calls)s and plans > calls / 2 and not toplevel
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[db.Cluster]:
    settings = {
        "shared_preload_libraries": "pg_stat_statements",
        "pg_stat_statements.track": "all",
        "pg_stat_statements.track_planning": "on",
    }
    with throwaway_cluster("kept-plans", lambda _step: None, settings) as (_, running):
        with db.connect(running.admin_url(), autocommit=True) as conn:
            conn.execute("create schema kept")
            conn.execute("create extension pg_stat_statements with schema kept")
        yield running


@pytest.fixture(scope="module")
def locked(cluster: db.Cluster) -> Iterator[Any]:
    """A locked pot of 300 entries of 100 players, beside 300 open ones."""
    with db.connect(cluster.admin_url(), autocommit=True) as conn:
        bulk.prepare(conn)
        with Api(login_url(cluster.url())) as api:
            pot = bulk.locked_pot(conn, api, 300, 100)
        bulk.open_pots(conn, 0, 299)
        conn.execute("vacuum analyze")
        yield pot


def test_pages_pots_and_what_a_player_has_keep_their_plans(
    cluster: db.Cluster, locked: Any
) -> None:
    me = player(bulk.player_id(0))
    with db.connect(cluster.admin_url(), autocommit=True) as conn:
        conn.execute("select kept.pg_stat_statements_reset()")
        with Api(login_url(cluster.url())) as api:
            entry = api.rows(me, "my_entries", pot_id=locked)[0]["entry_id"]
            for number in range(_CALLS):
                after = bulk.pot_id(100 + number)
                api.rows(ANON, "list_pots")
                api.rows(ANON, "list_pots", after=after, page_size=1 + number)
                api.rows(ANON, "list_pots", status="open", after=after)
                api.rows(ANON, "list_pots", min_value=1, max_value=1000 + number)
                api.rows(ANON, "list_pots", min_value=100)
                api.call(ANON, "get_pot", pot_id=bulk.pot_id(number))
                api.call(me, "get_pot", pot_id=locked)
                api.rows(ANON, "list_lock_entries", pot_id=locked, after_ticket=number)
                api.rows(ANON, "get_audit_chain", pot_id=locked)
                api.call(me, "my_wallet")
                api.rows(me, "my_entries", after=entry)
                api.call(me, "my_receipt", entry_id=entry)
        made_anew = _made_anew(conn)
    assert made_anew == []


def test_a_join_and_its_cancellation_keep_their_plans(cluster: db.Cluster, locked: Any) -> None:
    del locked
    me = player(bulk.player_id(1))
    with db.connect(cluster.admin_url(), autocommit=True) as conn:
        conn.execute("select kept.pg_stat_statements_reset()")
        with Api(login_url(cluster.url())) as api:
            for number in range(_CALLS):
                joined = api.call(
                    me, "join_pot", pot_id=bulk.pot_id(number), ticket_count=1,
                    idempotency_key=f"kept {number}",
                )  # fmt: skip
                api.call(me, "cancel_entry", entry_id=joined["entry_id"])
        made_anew = _made_anew(conn)
    assert made_anew == []


def _made_anew(conn: psycopg.Connection[Any]) -> list[Any]:
    """The statements within functions that more than every second call planned."""
    ((seen,),) = conn.execute(
        "select count(*) from kept.pg_stat_statements where calls >= %s and not toplevel", [_CALLS]
    ).fetchall()
    assert seen > 10
    return conn.execute(_MADE_ANEW, {"calls": _CALLS}).fetchall()
