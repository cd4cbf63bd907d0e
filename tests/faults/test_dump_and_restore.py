"""A dump, restored into another database: everything is as it was, and it goes on from there."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from pypot_cli.check import check_database
from pypot_cli.config import ROOT
from tests.support.backups import run
from tests.support.database import Database
from tests.support.lived import Game, Lived, live

CATALOGUE = {
    "privileges": (ROOT / "tests" / "security" / "privileges.sql").read_text(encoding="utf-8"),
    "policies": "select * from pg_policies order by schemaname, tablename, policyname",
    "row security": """
        select oid::regclass::text, relrowsecurity, relforcerowsecurity, relowner::regrole::text
        from pg_class
        where relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        order by relname, relkind
    """,
    "triggers": """
        select pg_get_triggerdef(oid), tgenabled
        from pg_trigger where not tgisinternal order by 1
    """,
    "constraints": """
        select conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        from pg_constraint
        where connamespace in ('public'::regnamespace, 'private'::regnamespace) order by 1, 2, 3
    """,
    "functions": """
        select pg_get_functiondef(oid), obj_description(oid)
        from pg_proc
        where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
            and prokind = 'f'
            and not exists (select from pg_depend as d where d.objid = pg_proc.oid
                and d.deptype = 'e')
        order by oid::regprocedure::text
    """,
    "sequences": "select schemaname, sequencename, last_value from pg_sequences order by 1, 2",
    "default privileges": """
        select defaclrole::regrole::text, defaclnamespace::regnamespace::text, defaclobjtype,
            defaclacl::text
        from pg_default_acl order by 1, 2, 3
    """,
}

TABLES = """
    select quote_ident(schemaname) || '.' || quote_ident(tablename)
    from pg_tables where schemaname in ('public', 'private', 'auth', 'realtime') order by 1
"""


@pytest.fixture
def lived(db: Database) -> Lived:
    """A database in which a pot came to each end."""
    return live(db)


@pytest.fixture
def copy(db: Database, lived: Lived, tmp_path: Path) -> Iterator[Database]:
    """What pg_dump and pg_restore make of it."""
    lived.game.api.close()
    dump = tmp_path / "pots.dump"
    copy = replace(db, name=f"copy_{uuid.uuid4().hex[:8]}")
    run("pg_dump", "--format=custom", f"--file={dump}", db.url("supabase_admin"))
    with db.admin() as conn:
        conn.execute(
            sql.SQL("create database {} template template0 owner postgres").format(
                sql.Identifier(copy.name)
            )
        )
    try:
        run("pg_restore", "--exit-on-error", "-d", copy.url("supabase_admin"), str(dump))
        yield copy
    finally:
        with db.admin() as conn:
            conn.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(copy.name)))


def contents(db: Database) -> dict[str, Any]:
    """A digest of the rows of each table."""
    with db.admin() as conn:
        conn.execute("set datestyle = iso")
        return {
            table: conn.execute(
                f"select count(*), md5(string_agg(t::text, '|' order by t::text)) from {table} as t"
            ).fetchone()
            for (table,) in conn.execute(TABLES).fetchall()
        }


@pytest.mark.postgres(17)
def test_a_restored_dump_is_the_same_and_goes_on(
    db: Database, lived: Lived, copy: Database
) -> None:
    with db.admin() as before, copy.admin() as after:
        for what, statement in CATALOGUE.items():
            listed = sorted(map(repr, before.execute(statement.encode()).fetchall()))
            assert listed, what
            assert sorted(map(repr, after.execute(statement.encode()))) == listed, what
    assert contents(copy) == contents(db)
    outcomes = check_database(copy.url())
    assert [each.as_json() for each in outcomes if not each.holds] == []

    # It goes on where it was: keys, locks, chains and the log.
    old = lived.game
    game = Game(copy, old.orchestrator_key, old.settlement_key, old.master_key, old.beacon_key)
    with game.api:
        user = game.users(1)[0]
        assert game.join(lived.open, user, 1)["ticket_count"] == 1
        game.settlement.round()
        pot_id = game.pot()
        game.fill(pot_id, game.users(3))
        game.orchestrator.round()
        game.settlement.round()
        with copy.connect() as conn:
            row = conn.execute("select status from public.pots where id = %s", [pot_id]).fetchone()
        assert row == ("settled",)
    outcomes = check_database(copy.url())
    assert [each.as_json() for each in outcomes if not each.holds] == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege), copy.as_role("anon") as conn:
        conn.execute("update public.pots set status = 'open' where true")
