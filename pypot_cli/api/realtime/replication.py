"""A stream of the database's changes, by the protocol of logical replication.

psycopg does not speak it, but its libpq does: only the commands go another way than psycopg's own.
Source: PostgreSQL, "Streaming Replication Protocol".
"""

import asyncio
import contextlib
import secrets
import struct
import time
from collections.abc import AsyncGenerator, Callable

import psycopg
from psycopg import pq

_START = "START_REPLICATION SLOT {} LOGICAL 0/0 (proto_version '1', publication_names '{}')"
_STATUS_SECONDS = 10.0
# 2000-01-01, PostgreSQL's epoch, in Unix time.
_EPOCH_SECONDS = 946_684_800


async def changes(
    url: str, publication: str, started: Callable[[], None]
) -> AsyncGenerator[bytes, None]:
    """The messages of plugin pgoutput for what is committed after `started` is called.

    The slot is this connection's own and goes with it. Raises psycopg.Error when the server ends
    it. Taking the next message tells the server that the one before needs no sending again.
    """
    conn = await psycopg.AsyncConnection.connect(
        url,
        autocommit=True,
        connect_timeout=10,
        application_name="pypot realtime",
        replication="database",
    )
    try:
        slot = f"pypot_realtime_{secrets.token_hex(8)}"
        await _run(conn.pgconn, f"CREATE_REPLICATION_SLOT {slot} TEMPORARY LOGICAL pgoutput")
        await _run(conn.pgconn, _START.format(slot, publication))
        started()
        async with contextlib.aclosing(_changes(conn.pgconn)) as stream:
            async for change in stream:
                yield change
    finally:
        # Not by `async with`: that would first end a transaction, of which there is none.
        await conn.close()


async def _run(pgconn: pq.abc.PGconn, command: str) -> None:
    """One command of the replication protocol, which psycopg's cursors would not understand."""
    pgconn.send_query(command.encode())
    while pgconn.flush():
        await _ready(pgconn, writing=True)
    while pgconn.is_busy():
        await _ready(pgconn)
        pgconn.consume_input()
    result = pgconn.get_result()
    if result is None or result.status == pq.ExecStatus.FATAL_ERROR:
        raise psycopg.OperationalError(pgconn.get_error_message())
    if result.status != pq.ExecStatus.COPY_BOTH:
        while pgconn.get_result() is not None:
            pass


async def _changes(pgconn: pq.abc.PGconn) -> AsyncGenerator[bytes, None]:
    """The messages of the output plugin; meanwhile tells the server how far it has been read."""
    read = 0
    told = time.monotonic()
    while True:
        size, data = pgconn.get_copy_data(1)
        if size < 0:
            raise psycopg.OperationalError(pgconn.get_error_message() or "the server ended it")
        wants_answer = False
        if size > 0:
            message = bytes(data)
            if message[:1] == b"w":
                yield message[25:]
                read = max(read, _u64(message, 1))
            elif message[:1] == b"k":
                read = max(read, _u64(message, 1))
                wants_answer = message[17] == 1
        if wants_answer or time.monotonic() - told > _STATUS_SECONDS:
            # One call is enough: what libpq cannot send at once goes with the next.
            pgconn.put_copy_data(_status(read))
            pgconn.flush()
            told = time.monotonic()
        if size == 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STATUS_SECONDS):
                    await _ready(pgconn)
            pgconn.consume_input()


async def _ready(pgconn: pq.abc.PGconn, *, writing: bool = False) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    add, remove = (
        (loop.add_writer, loop.remove_writer) if writing else (loop.add_reader, loop.remove_reader)
    )

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    add(pgconn.socket, wake)
    try:
        await ready
    finally:
        remove(pgconn.socket)


def _status(read: int) -> bytes:
    """A standby status update: written, flushed and applied up to `read`; no answer wanted."""
    now = int((time.time() - _EPOCH_SECONDS) * 1_000_000)
    return struct.pack(">cQQQQB", b"r", read, read, read, now, 0)


def _u64(message: bytes, at: int) -> int:
    value: int = struct.unpack_from(">Q", message, at)[0]
    return value
