"""Nothing is learned of what is hidden: from other schemas, plans, statistics, leaks and probes."""

import uuid
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from pypot_cli.db.request import api_request
from tests.support.api import Api, running
from tests.support.game import Caller, Game, Player, Refusal


@pytest.fixture
def api(game: Game) -> Iterator[Api]:
    with running(game.db) as api:
        yield api


@pytest.fixture
def two(game: Game) -> tuple[Player, Player, str]:
    """Two players of one pot, the pot's id, and statistics of all of it."""
    pot = game.pot()
    mine, other = game.players(2, 1000)
    for player in (mine, other):
        player.join(pot, 3)
    with game.db.admin() as admin:
        admin.execute("analyze")
    return mine, other, pot


def notices(caller: Caller) -> list[str | None]:
    """What the caller is told from now on."""
    told: list[str | None] = []
    caller.conn.add_notice_handler(lambda notice: told.append(notice.message_primary))
    return told


def test_no_other_schema_is_served(api: Api) -> None:
    for schema in (
        "private",
        "auth",
        "realtime",
        "extensions",
        "supabase_migrations",
        "pg_catalog",
    ):
        for path in ("wallets", "users", "messages", "pg_class"):
            read = api.get(path, token=api.service_key, **{"Accept-Profile": schema})
            assert read.status_code == 406, (schema, path, read.text)
        call = api.rpc("now", token=api.service_key, **{"Content-Profile": schema})
        assert call.status_code == 406, (schema, call.text)


def test_no_plan_is_shown(api: Api, two: tuple[Player, Player, str]) -> None:
    for accept in (
        "application/vnd.pgrst.plan",
        "application/vnd.pgrst.plan+json; options=analyze",
    ):
        answer: httpx.Response = api.get("pots?select=id", token=api.anon_key, Accept=accept)
        assert answer.status_code == 406, answer.text
        assert "Scan" not in answer.text


def test_no_caller_reads_statistics(game: Game, two: tuple[Player, Player, str]) -> None:
    with game.db.admin() as admin:
        counted = admin.execute(
            "select count(*) from pg_stats where schemaname in ('public', 'private')"
        ).fetchone()
    assert counted is not None
    assert counted[0] > 100
    for role in ("anon", "authenticated", "pot_orchestrator", "pot_settlement", "pot_treasury"):
        with api_request(game.caller(role).conn, role, {}) as conn:
            rows = conn.execute(
                "select schemaname, tablename, attname from pg_stats"
                " where schemaname in ('public', 'private')"
            ).fetchall()
        assert rows == [], role
        for table in ("pg_statistic", "pg_statistic_ext_data"):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                api_request(game.caller(role).conn, role, {}) as conn,
            ):
                conn.execute(f"select * from {table}".encode())


def test_a_leaky_function_is_shown_own_rows_alone(
    game: Game, two: tuple[Player, Player, str]
) -> None:
    """A policy is asked before any condition that could tell of the rows that it hides."""
    with game.db.admin() as admin:
        admin.execute("""
            create schema leak;
            grant usage on schema leak to public;
            create function leak.tell(anyelement) returns boolean cost 0.0000001 language plpgsql
            as $$ begin raise notice '%', $1; return false; end $$
        """)
    mine, other, _ = two
    both = {str(mine.user_id), str(other.user_id)}
    for caller, shown in ((mine, {str(mine.user_id)}), (game.compliance, both)):
        told = notices(caller)
        with api_request(caller.conn, caller.role, caller.claims) as conn:
            conn.execute("select id from public.pot_entries where leak.tell(user_id)")
        assert set(told) == shown, caller.role


def test_anothers_entry_and_none_look_the_same(game: Game, two: tuple[Player, Player, str]) -> None:
    mine, other, pot = two
    theirs = game.value("select id::text from public.pot_entries where user_id = %s", other.user_id)
    nobodys = str(uuid.uuid4())
    for function, argument in (
        ("cancel_entry", "entry_id"),
        ("my_receipt", "entry_id"),
        ("my_entries", "after"),
    ):
        answers = [mine.attempt(function, **{argument: entry}) for entry in (theirs, nobodys)]
        assert all(isinstance(each, Refusal) for each in answers), function
        first, second = answers
        assert (
            (first.code, first.token) == (second.code, second.token) == ("PT404", "entry_not_found")
        )
        assert first.details.keys() == second.details.keys()
    assert game.tickets_sold(pot) == 6


def test_a_key_of_anothers_join_shows_nothing_of_it(
    game: Game, two: tuple[Player, Player, str]
) -> None:
    mine, other, pot = two
    answer = other.join(pot, 2, key="a key")
    refusal = mine.join(pot, 2, key="a key")
    assert isinstance(refusal, Refusal)
    assert refusal.token == "idempotency_key_reused"  # noqa: S105
    for told in (answer["entry_id"], answer["salt"], answer["entrant"], str(other.user_id)):
        assert told not in str(refusal)
