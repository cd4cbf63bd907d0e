"""A database made by the migrations alone equals one with every function file applied again."""

from pathlib import Path

import psycopg
import pytest

from pypot_cli.migrations.statements import split
from pypot_cli.migrations.tree import Tree, default_root
from tests.support.database import Database

STATE = Path(__file__).with_name("function_state.sql")


def function_state(conn: psycopg.Connection) -> dict[str, str]:
    return dict(conn.execute(STATE.read_bytes()).fetchall())


def apply_function_files(conn: psycopg.Connection) -> int:
    """Applies every file as role postgres, in one transaction; returns how many there are."""
    files = Tree(default_root()).functions
    with conn.transaction():
        conn.execute("set local check_function_bodies = off")
        for file in files:
            for statement in split(file.text):
                conn.execute(statement.text.encode())
    return len(files)


@pytest.mark.postgres(17, 15)
def test_applying_every_function_file_again_changes_nothing(db: Database) -> None:
    with db.connect("postgres") as conn:
        made_by_migrations = function_state(conn)
        count = apply_function_files(conn)
        assert function_state(conn) == made_by_migrations
    assert len(made_by_migrations) == count > 100


@pytest.mark.postgres(17, default_privileges="not_exposed")
def test_so_it_is_in_the_other_mode_of_default_privileges(db: Database) -> None:
    with db.connect("postgres") as conn:
        made_by_migrations = function_state(conn)
        apply_function_files(conn)
        assert function_state(conn) == made_by_migrations


@pytest.mark.parametrize(
    "edit",
    [
        "alter function public.get_pot(uuid) security definer",
        "alter function public.get_pot(uuid) volatile",
        "alter function public.get_pot(uuid) parallel safe",
        "alter function public.get_pot(uuid) reset search_path",
        "comment on function public.get_pot(uuid) is 'Another.'",
        "revoke execute on function public.get_pot(uuid) from anon",
        "grant execute on function public.get_pot(uuid) to public",
        "grant execute on function private.now() to anon",
        """create or replace function private.now() returns timestamptz language sql volatile
        set search_path = '' as 'select null::timestamptz'""",
    ],
)
def test_an_edit_past_the_files_is_seen(db: Database, edit: str) -> None:
    with db.connect("postgres") as conn:
        before = function_state(conn)
        conn.execute(edit.encode())
        edited = function_state(conn)
        assert len(before.items() - edited.items()) == 1
        apply_function_files(conn)
        assert function_state(conn) == before
