"""How old a standby is: known from the primary's place in its WAL, asked at known times.

A standby's own word is not enough: the time of the last commit it replayed is old on a quiet day,
and that it has replayed all it received says nothing once it receives no more. What it has
replayed up to a place that the primary had passed at some moment is no older than that moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from pypot_cli.db.connection import query

_LOOK_SECONDS = 0.25
_LOOK_TIMEOUT = 2.0
_MOST_MARKS = 1000

_Pool = AsyncConnectionPool[psycopg.AsyncConnection[TupleRow]]


class Standby:
    """A standby beside its primary, looked at all the time between `start` and `stop`."""

    def __init__(self, primary: _Pool, standby: _Pool, most_stale_seconds: float) -> None:
        self._primary, self._standby = primary, standby
        self._most = most_stale_seconds
        self._marks: deque[tuple[float, int]] = deque(maxlen=_MOST_MARKS)
        self._fresh_at: float | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look from now on."""
        self._task = asyncio.create_task(self._look_on())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def staleness(self) -> float | None:
        """Seconds that what the standby shows is old at most; None when that is too old to read."""
        if self._fresh_at is None:
            return None
        seconds = time.monotonic() - self._fresh_at
        return seconds if seconds <= self._most else None

    async def _look_on(self) -> None:
        while True:
            with contextlib.suppress(psycopg.Error, PoolTimeout, TimeoutError):
                async with asyncio.timeout(_LOOK_TIMEOUT):
                    await self._look()
            await asyncio.sleep(_LOOK_SECONDS)

    async def _look(self) -> None:
        # Before it is asked: whatever had committed by then is behind the place it answers.
        at = time.monotonic()
        self._marks.append((at, await _place(self._primary, "api_standby_written")))
        replayed = await _place(self._standby, "api_standby_replayed")
        while self._marks and self._marks[0][1] <= replayed:
            self._fresh_at, _ = self._marks.popleft()


async def _place(pool: _Pool, name: str) -> int:
    async with pool.connection() as conn:
        row = await (await conn.execute(query(name))).fetchone()
    if row is None or row[0] is None:
        raise psycopg.OperationalError("no place in the WAL")
    return int(row[0])
