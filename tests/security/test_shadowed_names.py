"""Nobody makes a name in a definer function mean something else: not by pg_temp, nor by a path."""

import psycopg
import pytest
from psycopg import sql

from pypot_cli.db.request import api_request
from tests.security.catalogue import API_ROLES, POT_ROLES
from tests.support.database import Database
from tests.support.game import Caller, Game

CALLERS = [role for role in (*API_ROLES, *POT_ROLES) if role != "authenticator"]

# A type of this name is looked for in pg_temp before pg_catalog, whatever the search_path says.
SHADOW = """
create function pg_temp.note(pg_catalog.text) returns boolean language plpgsql as $$
begin
    perform pg_catalog.set_config('test.ran_as', current_user, false);
    return true;
end
$$;
create domain pg_temp.text as pg_catalog.text check (pg_temp.note(value))
"""


@pytest.mark.parametrize("role", CALLERS)
@pytest.mark.parametrize(
    "statement",
    [
        SHADOW,
        "create temporary table pots (entry_cost bigint)",
        "create temporary view pots as select 1 as entry_cost",
        "create function pg_temp.now() returns int language sql as 'select 1'",
        "create schema evil",
    ],
    ids=["type", "table", "view", "function", "schema"],
)
def test_no_caller_has_a_place_for_a_name_of_its_own(game: Game, role: str, statement: str) -> None:
    caller = game.caller(role)
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        api_request(caller.conn, role, {}) as conn,
    ):
        conn.execute(statement.encode())


def test_a_path_that_the_caller_sets_changes_no_join(game: Game) -> None:
    pot = game.pot(entry_cost=100)
    player = game.player(1000)
    with player.request(("search_path", "auth, realtime, extensions, public, pg_temp")) as call:
        assert call("join_pot", pot_id=pot, ticket_count=2)["credits_spent"] == 200
    assert player.balance() == 800


def test_with_the_right_to_temporary_objects_a_caller_would_run_as_the_definer(
    game: Game, db: Database
) -> None:
    """Why they are forbidden; were PostgreSQL to change, the rule could go."""
    with db.admin() as admin:
        admin.execute(
            sql.SQL("grant temporary on database {} to authenticated").format(
                sql.Identifier(db.name)
            )
        )
    pot = game.pot()
    player: Caller = game.player(1000)
    with api_request(player.conn, player.role, player.claims) as conn:
        conn.execute(SHADOW)
        conn.execute("select public.join_pot(%s::pg_catalog.uuid, 1)", (pot,))
        row = conn.execute("select pg_catalog.current_setting('test.ran_as', true)").fetchone()
    assert row == ("postgres",)
