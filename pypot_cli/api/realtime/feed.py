"""Broadcast from the database: the rows of realtime.messages, as they are committed.

As hosted Realtime does, one connection streams the inserts by logical replication, from a temporary
slot. Whoever sends a message pays nothing for that and waits for nobody. It needs `wal_level =
logical` and a role that may replicate and publish the table, which postgres is on Supabase and with
the compatibility layer. Elsewhere the layer's notifications serve, of which there are none while
nobody listens: PostgreSQL lets transactions that notify commit one at a time.
"""

import asyncio
import contextlib
import random
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from pypot_cli.api.realtime.pgoutput import InsertDecoder
from pypot_cli.api.realtime.protocol import Broadcast
from pypot_cli.api.realtime.replication import changes
from pypot_cli.db.connection import PREPARE_NOTHING, is_pooled, query
from pypot_cli.service import Log

_PUBLICATION = "supabase_realtime_messages_publication"
_LONGEST_WAIT_SECONDS = 5.0


class FeedUnavailableError(Exception):
    """This database tells nobody of its messages; trying again would change nothing."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that the database sent; `topic` has no prefix."""

    private: bool
    topic: str
    broadcast: Broadcast


class DatabaseFeed:
    """Hands every committed message on, in the order of the commits, while `run` runs."""

    def __init__(self, url: str, deliver: Callable[[Sent], None], log: Log) -> None:
        """`url` is that of role postgres; `deliver` must not block."""
        self._url = url
        self._deliver = deliver
        self._log = log
        self._hears = asyncio.Event()
        self._is_available = True

    async def wait(self, seconds: float) -> bool:
        """Waits until messages committed from now on are delivered; False when they are not yet.

        A database that never tells of its messages is not waited for.
        """
        if self._is_available and not self._hears.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hears.wait(), seconds)
        return self._hears.is_set() or not self._is_available

    async def run(self) -> None:
        """Runs until cancelled; a lost connection is made again, with jittered back-off.

        What was sent meanwhile is lost to subscribers: delivery is never guaranteed.
        """
        attempt = 0
        while True:
            began = time.monotonic()
            try:
                await self._run()
            except FeedUnavailableError as error:
                self._is_available = False
                self._log("realtime_unavailable", why=str(error))
                return
            except (psycopg.Error, OSError) as error:
                self._log("realtime_stream_broke", why=_first_line(error))
            finally:
                self._hears.clear()
            if time.monotonic() - began > _LONGEST_WAIT_SECONDS:
                attempt = 0
            attempt += 1
            longest = min(_LONGEST_WAIT_SECONDS, 0.1 * 2**attempt)
            await asyncio.sleep(random.uniform(longest / 2, longest))

    async def _run(self) -> None:
        messages = self._streamed() if await self._may_stream() else self._notified()
        async with contextlib.aclosing(messages):
            async for row in messages:
                if (sent := _sent(row)) is not None:
                    self._deliver(sent)
                    # The sockets' writers have their turn before the next message: when there is
                    # more than this process can pass on, messages wait in the database's log, and
                    # not in the queues of clients who are not to blame.
                    await asyncio.sleep(0)

    async def _may_stream(self) -> bool:
        async with await self._connect() as conn:
            row = await (await conn.execute(query("db_server_pid"))).fetchone()
            if row is not None and is_pooled(conn, row[0]):
                raise FeedUnavailableError(
                    "behind a pooler there is no stream: give --stream-db the database's own URL"
                )
            state = await (await conn.execute(query("realtime_feed_state"))).fetchone()
            if state is None:
                raise FeedUnavailableError("there is no table realtime.messages")
            streams, is_published, notifies = state
            if streams and not is_published:
                try:
                    await conn.execute(query("realtime_publish"))
                except psycopg.errors.DuplicateObject:
                    pass  # another API was faster
                except psycopg.errors.InsufficientPrivilege:
                    streams = False
            if not streams and not notifies:
                raise FeedUnavailableError(
                    "set wal_level = logical, and give the URL of a role with REPLICATION that "
                    "may publish realtime.messages"
                )
            return bool(streams)

    async def _streamed(self) -> AsyncGenerator[Mapping[str, Any], None]:
        decoder = InsertDecoder()
        async with contextlib.aclosing(changes(self._url, _PUBLICATION, self._heard)) as stream:
            async for change in stream:
                if (row := decoder.read(change)) is not None:
                    yield row

    async def _notified(self) -> AsyncGenerator[Mapping[str, Any], None]:
        async with await self._connect() as conn, await self._connect() as reader:
            await conn.execute(query("realtime_listen"))
            self._heard()
            async for notification in conn.notifies():
                cursor = reader.cursor(row_factory=dict_row)
                await cursor.execute(query("realtime_message"), [uuid.UUID(notification.payload)])
                async for row in cursor:
                    yield row

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=10,
            application_name="pypot realtime",
            prepare_threshold=PREPARE_NOTHING,
        )

    def _heard(self) -> None:
        self._hears.set()
        self._log("realtime_streams")


def _sent(row: Mapping[str, Any]) -> Sent | None:
    """The message of a row of realtime.messages, its values as text, if subscribers get it."""
    topic, event = row["topic"], row["event"]
    if row["extension"] != "broadcast" or topic is None or event is None:
        return None
    payload, binary = row["payload"], row["binary_payload"]
    if binary is not None:
        body, is_json = bytes.fromhex(binary.removeprefix("\\x")), False
    elif payload is not None:
        body, is_json = payload.encode(), True
    else:
        return None
    return Sent(row["private"] == "t", topic, Broadcast(event, body, is_json, row["id"]))


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
