"""Sockets that watch one pot, and how long after a join each hears of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from pypot_cli.errors import PypotError
from pypot_cli.interrupts import result_of

_AT_ONCE = 8
_AGAIN_SECONDS = 1.0
_BEAT_SECONDS = 25.0
_PATIENCE_SECONDS = 60.0
_SPARE_FILES = 200
_TRANSIENT = ("UnableToConnectToProject", "InitializingProjectConnection")


class Sockets:
    """Sockets that have joined the pot's topic, in a thread of their own."""

    def __init__(self, url: str, key: str, pot: str, count: int) -> None:
        self._url = f"{url.replace('http', 'ws', 1)}/realtime/v1/websocket?apikey={key}&vsn=1.0.0"
        self._topic = f"realtime:pots:{pot}"
        self._count = count
        self._loop = asyncio.new_event_loop()
        self._sockets: list[ClientConnection] = []
        self._reading: list[asyncio.Task[None]] = []
        self._heard: list[float] = []

    @contextlib.contextmanager
    def watching(self) -> Iterator[Sockets]:
        """Join with all of them; leave at the end. Raises PypotError when one is refused."""
        thread = threading.Thread(target=self._loop.run_forever)
        thread.start()
        try:
            self._run(self._open())
            yield self
        finally:
            self._run(self._close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    def clear(self) -> None:
        """Forget what was heard."""
        self._heard.clear()

    def heard(self, joins: int) -> list[float]:
        """Return the milliseconds that each message took, once all have come or none comes more."""
        expected, before = joins * self._count, -1
        while len(self._heard) < expected and len(self._heard) != before:
            before = len(self._heard)
            time.sleep(2)
        return sorted(1000 * each for each in self._heard)

    def _run(self, work: Any) -> None:
        result_of(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _open(self) -> None:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def join() -> None:
            async with gate, asyncio.timeout(_PATIENCE_SECONDS):
                # It beats as a client of Supabase does; a busy server answers no ping in time.
                socket = await connect(
                    self._url, compression=None, max_size=None, ping_interval=None
                )
                self._sockets.append(socket)
                # As a client does that was not let in for want of a connection to the database.
                while not await self._join(socket):
                    await asyncio.sleep(_AGAIN_SECONDS)
            for work in (self._read(socket), _beat(socket)):
                self._reading.append(asyncio.create_task(work))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._count):
                    group.create_task(join())
        except BaseExceptionGroup as failed:
            # One of them says what is wrong as well as all.
            raise failed.exceptions[0] from None

    async def _join(self, socket: ClientConnection) -> bool:
        """Join the topic; return whether that was possible now. Raises PypotError if never."""
        config = {"broadcast": {"self": False}, "presence": {"key": ""}, "private": True}
        await _send(socket, self._topic, "phx_join", {"config": config})
        while (answer := json.loads(await socket.recv()))["event"] != "phx_reply":
            pass
        if answer["payload"]["status"] == "ok":
            return True
        reason = str(answer["payload"]["response"])
        if not any(each in reason for each in _TRANSIENT):
            raise PypotError(f"a socket may not watch: {reason}")
        return False

    async def _read(self, socket: ClientConnection) -> None:
        # One that the server drops hears no more, which the share of events tells.
        with contextlib.suppress(ConnectionClosed):
            async for frame in socket:
                now = time.time()
                message = json.loads(frame)
                if message["event"] == "broadcast" and message["payload"]["event"] == "joined":
                    sent = datetime.fromisoformat(message["payload"]["payload"]["at"])
                    self._heard.append(now - sent.timestamp())

    async def _close(self) -> None:
        for task in self._reading:
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)
        for socket in self._sockets:
            socket.transport.abort()


async def _beat(socket: ClientConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            await _send(socket, "phoenix", "heartbeat", {})


async def _send(socket: ClientConnection, topic: str, event: str, payload: Any) -> None:
    message = {"topic": topic, "event": event, "payload": payload, "ref": "1", "join_ref": "1"}
    await socket.send(json.dumps(message))


def allow_files(count: int) -> None:
    """Let this process and those that it starts have a file for each socket."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + _SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            raise PypotError(f"{count} sockets need {wanted} open files: raise ulimit -n ({hard})")
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
