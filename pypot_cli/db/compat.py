"""The Supabase layer for plain PostgreSQL: sql/compat, applied only where Supabase's own is absent.

Plain PostgreSQL has the default privileges of neither of Supabase's modes, so a database that gets
its schema auth from here also gets one of the two; a Supabase database keeps its own.
"""

from typing import Literal

import psycopg
from psycopg import sql

from pypot_cli.config import COMPAT_DIR
from pypot_cli.errors import PypotError

DefaultPrivileges = Literal["classic", "not_exposed"]

_MODE_FILES: dict[DefaultPrivileges, tuple[str, ...]] = {
    "classic": ("60_default_privileges_classic.sql",),
    "not_exposed": (
        "60_default_privileges_classic.sql",
        "61_default_privileges_not_exposed.sql",
    ),
}


def apply_compat(
    conn: psycopg.Connection,
    password: str | None,
    default_privileges: DefaultPrivileges = "classic",
) -> list[str]:
    """Gives the connected database what it lacks of Supabase; returns the files applied.

    `conn` is idle and a superuser's, unless nothing is missing. `password` goes to the roles
    postgres and authenticator if they have to be made; None makes them without one.

    Raises PypotError when something is missing and the connected role is not a superuser.
    """
    files = [file for (file,) in conn.execute(_read("missing.sql")).fetchall()]
    if "30_auth.sql" in files:
        files += _MODE_FILES[default_privileges]
    # The history's table alone can be made by anyone who may create schemas, and the migrations do.
    if not _is_superuser(conn):
        if set(files) - {"50_migration_history.sql"}:
            raise PypotError(
                "this database is not Supabase's, and its Supabase layer needs a superuser: "
                "put a superuser's URL into PYPOT_DB_URL"
            )
        files = []
    for file in files:
        with conn.transaction():
            conn.execute("select set_config('pypot.role_password', %s, true)", [password or ""])
            conn.execute(_read(file))
    conn.commit()
    return files


def set_default_privileges(conn: psycopg.Connection, mode: DefaultPrivileges) -> None:
    """Puts the default privileges of what postgres creates in schema public into `mode`."""
    with conn.transaction():
        for file in _MODE_FILES[mode]:
            conn.execute(_read(file))


def _is_superuser(conn: psycopg.Connection) -> bool:
    row = conn.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    return row is not None and bool(row[0])


def _read(file: str) -> sql.SQL:
    # The files hold no parameter; sql.SQL only says that the text is ours and not a user's.
    return sql.SQL((COMPAT_DIR / file).read_text(encoding="utf-8"))  # type: ignore[arg-type]
