"""The Supabase layer for plain PostgreSQL: sql/compat, applied only where Supabase's own is absent.

Plain PostgreSQL has the default privileges of neither of Supabase's modes, so a database that gets
its schema auth from here also gets one of the two; a Supabase database keeps its own.
"""

from typing import Literal

import psycopg

from pypot_cli.config import COMPAT_DIR
from pypot_cli.db.connection import query
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
    with conn.transaction():
        conn.execute(query("db_begin_layer"), [password or ""])
        files = [file for (file,) in conn.execute(_read("missing.sql")).fetchall()]
        if "30_auth.sql" in files:
            files += _MODE_FILES[default_privileges]
        role = conn.execute(query("db_connected_role")).fetchone()
        if role is None or not role[0]:
            # The history's schema needs no superuser: the migrations make it if it is absent.
            if set(files) - {"50_migration_history.sql"}:
                raise PypotError(
                    "this database is not Supabase's, and its Supabase layer needs a superuser: "
                    "put a superuser's URL into PYPOT_DB_URL"
                )
            files = []
        for file in files:
            conn.execute(_read(file))
    return files


def _read(file: str) -> bytes:
    return (COMPAT_DIR / file).read_bytes()
