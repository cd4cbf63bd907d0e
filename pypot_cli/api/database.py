"""Connections: two pools, one that clients' requests share and one for the API's own work."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, LiteralString

import psycopg
from psycopg.rows import TupleRow, tuple_row
from psycopg_pool import AsyncConnectionPool

from pypot_cli import rpc
from pypot_cli.api.settings import Settings
from pypot_cli.db import connection

Connection = psycopg.AsyncConnection[TupleRow]
Pool = AsyncConnectionPool[Connection]


def query(name: str) -> LiteralString:
    """The text of `queries/<name>.sql`, which is as literal as if it stood in the code."""
    text: Any = connection.query(name).decode()
    literal: LiteralString = text
    return literal


class Database:
    """The pools, open between `open` and `close`.

    `requests` logs in as authenticator, who may nothing but become its callers' roles; whatever a
    request leaves on a connection is taken off before another gets it. `own` logs in by the URL the
    API was given, and keeps the users.
    """

    def __init__(self, settings: Settings) -> None:
        size = settings.limits.connections
        self.login_url = rpc.login_url(settings.database_url)
        self.requests = _pool(self.login_url, size, settings, reset=_take_everything_off)
        self.own = _pool(settings.database_url, max(2, size // 4), settings)

    async def open(self) -> None:
        """Begins to connect; a pool keeps trying while the database is away."""
        for pool in (self.requests, self.own):
            await pool.open()

    async def close(self) -> None:
        """Closes every connection that is idle, and the others when they come back."""
        for pool in (self.requests, self.own):
            await pool.close()

    async def is_well(self) -> bool:
        """Whether the database answers within a second."""
        try:
            async with asyncio.timeout(1), self.requests.connection() as conn:
                await conn.execute("select 1")
        except (psycopg.Error, TimeoutError):
            return False
        return True

    @contextlib.asynccontextmanager
    async def own_transaction(self) -> AsyncIterator[Connection]:
        """A transaction of the API itself, committed unless the block raises."""
        async with self.own.connection() as conn, conn.transaction():
            yield conn


def _pool(url: str, size: int, settings: Settings, reset: Any = None) -> Pool:
    return AsyncConnectionPool(
        url,
        min_size=1,
        max_size=size,
        open=False,
        timeout=settings.limits.wait_for_connection,
        check=AsyncConnectionPool.check_connection,
        reset=reset,
        kwargs={
            "autocommit": True,
            "row_factory": tuple_row,
            "connect_timeout": 10,
            "application_name": "pypot api",
            # A function that is replaced would leave a prepared statement with its old shape.
            "prepare_threshold": None,
        },
    )


async def _take_everything_off(conn: Connection) -> None:
    await conn.execute(query("api_reset_connection"))
