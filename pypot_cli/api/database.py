"""Connections: two pools, one that clients' requests share and one for the API's own work."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, LiteralString

import psycopg
from psycopg.rows import TupleRow, tuple_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from pypot_cli import rpc
from pypot_cli.api.settings import Settings
from pypot_cli.api.standby import Standby
from pypot_cli.db import connection

_STANDBY_WAIT = 0.5

Connection = psycopg.AsyncConnection[TupleRow]
Pool = AsyncConnectionPool[Connection]


def query(name: str) -> LiteralString:
    """The text of `queries/<name>.sql`, which is as literal as if it stood in the code."""
    text: Any = connection.query(name).decode()
    literal: LiteralString = text
    return literal


class Database:
    """The pools, open between `open` and `close`, and the standby that is read, if there is one.

    `requests` logs in as authenticator, who may nothing but become its callers' roles; whatever a
    request leaves on a connection is taken off before another gets it. `own` logs in by the URL the
    API was given, and keeps the users.
    """

    def __init__(self, settings: Settings) -> None:
        size = settings.limits.connections
        self.login_url = rpc.login_url(settings.database_url)
        self.requests = _pool(self.login_url, size, settings, reset=_take_everything_off)
        self.own = _pool(settings.database_url, max(2, size // 4), settings)
        self._reads: Pool | None = None
        self._standby: Standby | None = None
        if settings.read_url is not None:
            # The same login as for requests: it shows nobody more than the primary would.
            self._reads = _pool(
                rpc.login_url(settings.read_url), size, settings, reset=_take_everything_off
            )
            self._standby = Standby(self.own, self._reads, settings.most_stale_seconds)

    async def open(self) -> None:
        """Begins to connect; a pool keeps trying while the database is away."""
        for pool in self._pools():
            await pool.open()
        if self._standby is not None:
            self._standby.start()

    async def close(self) -> None:
        """Closes every connection that is idle, and the others when they come back."""
        if self._standby is not None:
            await self._standby.stop()
        for pool in self._pools():
            await pool.close()

    @contextlib.asynccontextmanager
    async def request(
        self, *, may_be_stale: bool
    ) -> AsyncIterator[tuple[Connection, float | None]]:
        """A connection for a request, and how old, in seconds, what it shows may be at most.

        That is None on the primary. A standby is only taken for what may be stale, and while it is
        fresh enough; where it cannot be reached in a moment the primary answers.
        """
        staleness = self._standby.staleness() if self._standby and may_be_stale else None
        if staleness is not None and self._reads is not None:
            async with contextlib.AsyncExitStack() as stack:
                try:
                    conn = await stack.enter_async_context(self._reads.connection(_STANDBY_WAIT))
                except (psycopg.Error, PoolTimeout):
                    pass
                else:
                    yield conn, staleness
                    return
        async with self.requests.connection() as conn:
            yield conn, None

    def _pools(self) -> list[Pool]:
        return [each for each in (self.requests, self.own, self._reads) if each is not None]

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
            # Also, a function that is replaced would leave one with its old shape.
            "prepare_threshold": connection.PREPARE_NOTHING,
        },
    )


async def _take_everything_off(conn: Connection) -> None:
    await conn.execute(query("api_reset_connection"))
