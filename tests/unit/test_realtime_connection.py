"""A socket whose buffers are full while the server closes it.

Over a network the moment cannot be chosen, so the frames go to a server of this file, which takes
none until it is told to.
"""

import asyncio
from collections.abc import MutableMapping
from typing import Any, cast

from starlette.websockets import WebSocket

from pypot_cli.api.realtime.caller import Caller
from pypot_cli.api.realtime.connection import Connection, Server
from pypot_cli.api.realtime.limits import Limits
from pypot_cli.api.realtime.protocol import CODECS
from pypot_cli.service import Log


class Full:
    """What an application talks to: buffers that are full until `room` is set."""

    def __init__(self) -> None:
        self.room = asyncio.Event()
        self.sent: list[str] = []
        self.received: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self.logged: list[str] = []

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Takes a frame, which is refused after the one that closes."""
        if message["type"] == "websocket.send":
            await self.room.wait()
        assert "websocket.close" not in self.sent
        self.sent.append(message["type"])

    async def run(self) -> asyncio.Task[None]:
        """Begins to run a connection that has frames to send and is told one that is too long."""
        await self.received.put({"type": "websocket.connect"})
        socket = WebSocket({"type": "websocket"}, self.received.get, self.send)
        await socket.accept()
        log = Log("api", self.logged.append)
        # Nobody joins anything, so nobody is asked who may.
        nobody = cast(Any, None)
        server = Server(nobody, nobody, nobody, nobody, Limits(frame_bytes=1), log)
        connection = Connection(socket, server, CODECS["2.0.0"], Caller("anon", {}, None))
        connection.push("one")
        connection.push("other")
        running = asyncio.create_task(connection.run())
        await asyncio.sleep(0.05)
        await self.received.put({"type": "websocket.receive", "text": "too long"})
        await asyncio.sleep(0.05)
        return running


def test_the_frame_that_closes_follows_the_one_that_waits_for_room() -> None:
    async def play() -> Full:
        client = Full()
        running = await client.run()
        assert client.sent == ["websocket.accept"]
        client.room.set()
        await running
        return client

    client = asyncio.run(play())
    assert client.sent == ["websocket.accept", "websocket.send", "websocket.close"]
    assert client.logged == []


def test_who_takes_nothing_is_let_go_without_a_word() -> None:
    async def play() -> Full:
        client = Full()
        await asyncio.wait_for(await client.run(), timeout=30)
        return client

    client = asyncio.run(play())
    assert (client.sent, client.logged) == (["websocket.accept"], [])
