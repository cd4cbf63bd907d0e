"""Clients may prepare behind a pooler of transactions that follows prepared statements.

A real PgBouncer with one connection to the server, so that what one client has prepared lies where
the others' lies. PostgREST prepares and so do most drivers, unless they are told not to; ours are,
and what has to be true of a request is true in both cases (tests/integration/test_poolers.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from pypot_cli.bench import joins, stage
from pypot_cli.bench.pgbench import Pgbench
from pypot_cli.db.cluster import ADMIN
from pypot_cli.db.request import api_request
from pypot_cli.rpc import player
from tests.support.api import running
from tests.support.database import Database, call
from tests.support.fixtures import unavailable
from tests.support.game import Game
from tests.support.packages import MissingProgramError
from tests.support.pooler import Pooled, pooler
from tests.support.preparing import prepare_everything, preparing

PLAYERS, CLIENTS, TIMES = 20, 4, 25


@pytest.fixture
def door(request: pytest.FixtureRequest, db: Database, tmp_path: Path) -> Iterator[Pooled]:
    prepared: int = getattr(request, "param", 100)
    try:
        with pooler(db, tmp_path, size=1, prepared=prepared) as pooled:
            yield pooled
    except MissingProgramError as error:
        unavailable(str(error))


class Asking:
    """A player with a client that prepares each request."""

    def __init__(self, door: Pooled, user: UUID | str) -> None:
        self.conn = preparing(door.url("authenticator"))
        self._claims = player(UUID(str(user))).all_claims()

    def ask(self, function: str, **arguments: Any) -> Any:
        """What a function answers in a request of its own."""
        with api_request(self.conn, "authenticated", self._claims) as request:
            return call(request, function, arguments)


@pytest.fixture
def two(door: Pooled, game: Game) -> Iterator[tuple[Asking, Asking]]:
    """Two players with 100 and 200 credits."""
    one, other = (Asking(door, game.player(funds).user_id) for funds in (100, 200))
    with one.conn, other.conn:
        yield one, other


@pytest.mark.usefixtures("clean")
def test_joins_by_clients_that_prepare_share_statements_on_the_server(
    db: Database, door: Pooled, tmp_path: Path
) -> None:
    users = [stage.numbered("player", number + 1) for number in range(PLAYERS)]
    stage.add_players(db.url(ADMIN), db.url(), users)
    pot = stage.numbered("pot", 1)
    stage.open_pots(db.url(), [pot])
    # begin, settings, the call, commit: each a named statement of each client, as of PostgREST.
    script = joins.HOT.script(tmp_path)
    variables = {"players": PLAYERS, "pots": 1, "keys": 1}
    # A process each: one of several clients would wait for a connection that another of them has.
    pgbench = Pgbench(door.url("authenticator"), tmp_path)
    with ThreadPoolExecutor(CLIENTS) as pool:
        runs = [pool.submit(pgbench.each, script, 1, TIMES, variables) for _ in range(CLIENTS)]
    made = sum(run.result() for run in runs)
    assert made == CLIENTS * TIMES
    with db.admin() as conn:
        sold = conn.execute(
            "select count(*), sum(ticket_count) from public.pot_entries where pot_id = %s", [pot]
        ).fetchone()
    assert sold == (made, made)
    prepared = door.prepared("authenticator")
    assert [each.split()[0] for each in prepared] == ["begin", "select", "select", "commit;"]
    assert "public.join_pot(" in prepared[2]
    assert door.counts() == {
        "client_parse": CLIENTS * len(prepared),
        "server_parse": len(prepared),
        "bind": made * len(prepared),
    }


@pytest.mark.parametrize("door", [0], indirect=True)
def test_where_the_pooler_follows_none_clients_that_prepare_meet(door: Pooled) -> None:
    with preparing(door.url()) as one, preparing(door.url()) as other:
        one.execute("select 1")
        with pytest.raises(psycopg.errors.DuplicatePreparedStatement):
            other.execute("select 1")


@pytest.mark.parametrize("command", ["deallocate all", "discard all"])
def test_what_one_client_discards_is_prepared_again_for_the_others(
    door: Pooled, two: tuple[Asking, Asking], command: str
) -> None:
    one, other = two
    assert [each.ask("my_wallet")["balance"] for each in two] == [100, 200]
    assert any("my_wallet" in each for each in door.prepared("authenticator"))
    one.conn.execute(sql.SQL(command), prepare=False)
    assert door.prepared("authenticator") == []
    assert other.ask("my_wallet")["balance"] == 200
    assert one.ask("my_wallet")["balance"] == 100
    assert any("my_wallet" in each for each in door.prepared("authenticator"))


def test_functions_and_tables_change_under_prepared_requests(
    db: Database, door: Pooled, game: Game, two: tuple[Asking, Asking]
) -> None:
    pot = game.pot(entry_cost=10, max_tickets=100)

    def round_of_calls(sold: int) -> list[Any]:
        for each in two:
            sold += 1
            each.ask("join_pot", pot_id=pot, ticket_count=1, idempotency_key=f"ticket {sold}")
            assert each.ask("get_pot", pot_id=pot)["tickets_sold"] == sold
        return [each.ask("my_wallet") for each in two]

    assert [each["balance"] for each in round_of_calls(0)] == [90, 190]
    with db.admin() as conn:
        # What a migration does: every function is made anew, and tables get columns.
        functions = conn.execute(
            "select pg_get_functiondef(p.oid) from pg_proc as p"
            " join pg_language as l on l.oid = p.prolang and l.lanname in ('sql', 'plpgsql')"
            " where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)"
        ).fetchall()
        assert len(functions) > 100
        for (definition,) in functions:
            conn.execute(definition)
        for table in ("public.pots", "public.pot_entries", "private.pot_states"):
            conn.execute(f"alter table {table} add column later text default 'later'".encode())
    assert [each["balance"] for each in round_of_calls(2)] == [80, 180]
    # And one answers otherwise, and takes an argument more: its signature is dropped first.
    with db.admin() as conn:
        conn.execute("drop function public.my_wallet()")
        conn.execute(
            "create function public.my_wallet(loud boolean default true) returns jsonb"
            " language sql set search_path = '' as $$"
            " select private.my_wallet() || jsonb_build_object('loud', loud) $$;"
            " grant execute on function public.my_wallet(boolean) to authenticated"
        )
    told = round_of_calls(4)
    assert [(each["balance"], each["loud"]) for each in told] == [(70, True), (170, True)]
    statements = door.prepared("authenticator")
    assert sum("join_pot" in each for each in statements) == 1, statements


def test_rows_that_are_read_over_rest_get_columns_while_their_query_is_prepared(
    db: Database, door: Pooled, game: Game, monkeypatch: pytest.MonkeyPatch
) -> None:
    pot = game.pot()
    prepare_everything(monkeypatch)
    with running(db, database_url=door.url()) as api, preparing(door.url()) as other:
        # What it is spared: whoever prepared the bare table must prepare it anew.
        bare = "select * from public.pots"
        other.execute(bare)

        def read(path: str) -> dict[str, Any]:
            answer = api.get(path, token=api.service_key)
            assert answer.status_code == 200, answer.text
            (row,) = answer.json()
            found: dict[str, Any] = row
            return found

        paths = (f"pots?select=*&id=eq.{pot}", "rpc/list_pots")
        before = [[read(path) for path in paths] for _ in range(4)][-1]
        prepared = door.prepared("authenticator")
        assert any('from "public"."pots"' in each for each in prepared), prepared
        assert any('"public"."list_pots"(' in each for each in prepared), prepared
        with db.admin() as conn, conn.transaction():
            conn.execute("alter table public.pots add column later text default 'later'")
            conn.execute("alter type public.pot_summary add attribute later text")
            row = conn.execute(
                "select pg_get_function_arguments(oid) from pg_proc"
                " where proname = 'list_pots' and pronamespace = 'public'::regnamespace"
            ).fetchone()
            assert row is not None
            conn.execute(
                f"create or replace function public.list_pots({row[0]})"
                " returns setof public.pot_summary language sql stable set search_path = '' as $$"
                " select (jsonb_populate_record(null::public.pot_summary,"
                " jsonb_build_object('id', p.id, 'later', 'later'))).* from public.pots as p $$"
            )
        assert before[0]["id"] == before[1]["id"] == pot
        for _ in range(4):
            table, listed = (read(path) for path in paths)
            assert table == {**before[0], "later": "later"}
            assert listed == {**dict.fromkeys(before[1]), "id": pot, "later": "later"}
        with pytest.raises(psycopg.errors.FeatureNotSupported, match="must not change result type"):
            other.execute(bare)
