"""Clocks that tests set: the database's, and that of a beacon or a service in this process."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from pypot_cli.db import clock
from pypot_cli.db.clock import replace_clock
from tests.support.database import Database


class Shifted:
    """A clock that can be set ahead of the real one: Unix seconds."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.ahead = ahead

    def __call__(self) -> float:
        return time.time() + self.ahead


def set_clock(db: Database, ahead: float) -> None:
    """Set the database's clock ahead of the real one; `private.now` reads no other."""
    with db.admin() as conn:
        replace_clock(conn, clock.ahead(ahead))


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
