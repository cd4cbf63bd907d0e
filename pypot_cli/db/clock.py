"""The clock of a database that is there to be tried: for simulations, attacks and tests.

Every decision reads `private.now()`. A database whose clock was replaced is good for nothing else.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from pypot_cli.db.connection import query


def replace_clock(conn: psycopg.Connection[Any], time: sql.Composable) -> None:
    """Let `private.now()` return the SQL expression `time`, as a role that may replace it."""
    conn.execute(sql.SQL(query("db_clock").decode()).format(time=time))


def ahead(seconds: float) -> sql.Composable:
    """Return the real time and so many seconds."""
    return sql.SQL("clock_timestamp() + interval {}").format(sql.Literal(f"{seconds} seconds"))
