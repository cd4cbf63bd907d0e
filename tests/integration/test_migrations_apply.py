"""Migrations are applied once, in order, whole, and never on a doubt."""

import threading
from pathlib import Path

import psycopg
import pytest

from pypot_cli.errors import PypotError
from pypot_cli.migrations.apply import apply, apply_to
from pypot_cli.migrations.build import add_missing_sums
from pypot_cli.migrations.statements import split
from tests.support.database import Database

pytestmark = pytest.mark.postgres(17, migrated=False)

FIRST = """\
-- A table.
create schema shop;

create table shop.goods (name text default 'a;b');
insert into shop.goods default values;
"""
SECOND = """\
set check_function_bodies = off;
create function shop.later() returns int language sql as $$ select * from shop.not_yet; $$;
"""


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    directory = tmp_path / "supabase" / "migrations"
    directory.mkdir(parents=True)
    (directory.parent / "functions").mkdir()
    (directory / "20260101000000_first.sql").write_text(FIRST)
    (directory / "20260102000000_second.sql").write_text(SECOND)
    add_missing_sums(directory.parent)
    return directory


def history(db: Database) -> list[tuple[str, list[str], str]]:
    with db.connect() as conn:
        return conn.execute(
            "select version, statements, name from supabase_migrations.schema_migrations"
            " order by version"
        ).fetchall()


def test_pending_migrations_are_applied_in_order_and_recorded(
    db: Database, migrations: Path
) -> None:
    assert apply_to(db.url(), migrations) == ["20260101000000", "20260102000000"]
    assert history(db) == [
        ("20260101000000", [s.text for s in split(FIRST)], "first"),
        ("20260102000000", [s.text for s in split(SECOND)], "second"),
    ]
    assert apply_to(db.url(), migrations) == []
    with db.connect() as conn:
        assert conn.execute("select name from shop.goods").fetchall() == [("a;b",)]
        owner = conn.execute("select tableowner from pg_tables where schemaname = 'shop'")
        assert owner.fetchall() == [("postgres",)]


def test_the_history_is_made_where_there_is_none(db: Database, migrations: Path) -> None:
    with db.admin() as conn:
        conn.execute("drop schema supabase_migrations cascade")
        conn.execute(f"grant create on database {db.name} to postgres".encode())
    assert len(apply_to(db.url(), migrations)) == 2
    assert len(history(db)) == 2


def test_a_file_that_fails_leaves_nothing_and_those_before_it_stay(
    db: Database, migrations: Path
) -> None:
    bad = migrations / "20260103000000_bad.sql"
    bad.write_text("create table shop.half ();\n\nselect 1 / 0;\n")
    with pytest.raises(
        PypotError, match=r"20260103000000_bad\.sql:3: division by zero; nothing of it stays"
    ):
        apply_to(db.url(), migrations)
    with db.connect() as conn:
        assert conn.execute("select to_regclass('shop.half')").fetchone() == (None,)
    assert [version for version, _, _ in history(db)] == ["20260101000000", "20260102000000"]
    bad.write_text("create table shop.half ();\n")
    assert apply_to(db.url(), migrations) == ["20260103000000"]


def test_two_appliers_at_once_apply_each_migration_once(db: Database, migrations: Path) -> None:
    (migrations / "20260101000000_first.sql").write_text(FIRST + "select pg_sleep(0.3);\n")
    (migrations.parent / "migrations.sum").unlink()
    applied: list[list[str]] = []
    appliers = [
        threading.Thread(target=lambda: applied.append(apply_to(db.url(), migrations)))
        for _ in range(4)
    ]
    for applier in appliers:
        applier.start()
    for applier in appliers:
        applier.join()
    assert sorted(map(len, applied)) == [0, 0, 0, 2]
    assert len(history(db)) == 2


def test_a_version_that_the_checkout_does_not_know_is_refused(
    db: Database, migrations: Path
) -> None:
    apply_to(db.url(), migrations)
    (migrations / "20260102000000_second.sql").unlink()
    with pytest.raises(PypotError, match="the database has migration 20260102000000"):
        apply_to(db.url(), migrations)


def test_an_edited_file_is_refused_by_its_sum(db: Database, migrations: Path) -> None:
    (migrations / "20260101000000_first.sql").write_text(FIRST + "-- edited\n")
    with pytest.raises(PypotError, match=r"first\.sql was edited"):
        apply_to(db.url(), migrations)
    assert history(db) == []


def test_an_edited_file_is_refused_by_what_the_database_recorded(
    db: Database, migrations: Path
) -> None:
    apply_to(db.url(), migrations)
    (migrations / "20260101000000_first.sql").write_text(FIRST.replace("a;b", "c;d"))
    (migrations.parent / "migrations.sum").unlink()
    with pytest.raises(PypotError, match=r"first\.sql is not what the database applied as 2026"):
        apply_to(db.url(), migrations)


def test_a_late_comer_with_an_old_version_is_refused(db: Database, migrations: Path) -> None:
    apply_to(db.url(), migrations)
    (migrations / "20260101120000_late.sql").write_text("create table shop.late ();\n")
    with pytest.raises(PypotError, match="is older than 20260102000000"):
        apply_to(db.url(), migrations)


def test_a_connection_inside_a_transaction_is_refused(db: Database, migrations: Path) -> None:
    with db.connect(autocommit=False) as conn:
        conn.execute("select 1")
        with pytest.raises(PypotError, match="not inside a transaction"):
            apply(conn, migrations)


def test_the_connection_is_left_as_it_was(db: Database, migrations: Path) -> None:
    with db.connect(autocommit=False) as conn:
        conn.execute("set search_path = extensions")
        conn.commit()
        apply(conn, migrations)
        assert conn.autocommit is False
        assert conn.execute("show search_path").fetchone() == ("extensions",)
        assert conn.execute("show check_function_bodies").fetchone() == ("on",)
        locks = "select count(*) from pg_locks where locktype = 'advisory' and pid = %s"
        assert conn.execute(locks, (conn.info.backend_pid,)).fetchone() == (0,)


def test_no_connection_is_one_line(migrations: Path) -> None:
    with pytest.raises(PypotError, match="no connection to the database: ") as error:
        apply_to("postgresql://postgres@127.0.0.1:1/postgres", migrations)
    assert "\n" not in str(error.value)


def test_the_files_of_the_checkout_are_what_a_bare_database_gets(db: Database) -> None:
    applied = apply_to(db.url())
    assert applied[:1] == ["20261122000100"]
    assert apply_to(db.url()) == []
    with db.connect() as conn, pytest.raises(psycopg.errors.CheckViolation):
        conn.execute("select private.fail('nonsense')")
