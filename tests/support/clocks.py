"""Clocks that tests set: the database's, and that of a beacon or a service in this process."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from psycopg import sql

from tests.support.database import Database


class Shifted:
    """A clock that can be set ahead of the real one: Unix seconds."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.ahead = ahead

    def __call__(self) -> float:
        return time.time() + self.ahead


def set_clock(db: Database, ahead: float) -> None:
    """Set the database's clock ahead of the real one; `private.now` reads no other."""
    body = f"select pg_catalog.clock_timestamp() + interval '{ahead} seconds'"
    with db.admin() as conn:
        conn.execute(
            sql.SQL(
                "create or replace function private.now() returns timestamptz "
                "language sql volatile set search_path = '' as {}"
            ).format(sql.Literal(body))
        )


@contextlib.contextmanager
def clock_set(db: Database, ahead: float) -> Iterator[None]:
    """The same within the block; after it the clock is the one that was there before."""
    with db.admin() as conn:
        row = conn.execute("select pg_get_functiondef('private.now()'::regprocedure)").fetchone()
    assert row is not None
    set_clock(db, ahead)
    yield
    with db.admin() as conn:
        conn.execute(row[0])
