"""Supabase Realtime for the local API: broadcast and presence over /realtime/v1/websocket.

`Realtime` is the whole of it: a route, and what has to run while the API does.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from psycopg_pool import AsyncConnectionPool
from starlette.responses import JSONResponse
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from pypot_cli.api.realtime.caller import Authorizer, InvalidTokenError, Tokens
from pypot_cli.api.realtime.connection import Connection, Server
from pypot_cli.api.realtime.feed import DatabaseFeed, Sent
from pypot_cli.api.realtime.limits import Limits
from pypot_cli.api.realtime.protocol import CODECS
from pypot_cli.api.realtime.rooms import Rooms
from pypot_cli.db.connection import PREPARE_NOTHING
from pypot_cli.service import Log

_DENIED = "websocket.http.response"


class Realtime:
    """Everything behind /realtime/v1 of one API over one database."""

    def __init__(
        self, url: str, tokens: Tokens, limits: Limits | None = None, log: Log | None = None
    ) -> None:
        """`url` is the database's for role postgres."""
        log = log or Log("api")
        self._rooms = Rooms()
        # A join asks it once; four are enough for more joins a second than the rest can take.
        self._pool = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=4,
            timeout=3.0,
            open=False,
            kwargs={
                "application_name": "pypot realtime",
                "connect_timeout": 5,
                "prepare_threshold": PREPARE_NOTHING,
            },
        )
        self._feed = DatabaseFeed(url, self._deliver, log)
        self._server = Server(
            rooms=self._rooms,
            tokens=tokens,
            authorizer=Authorizer(self._pool, log),
            feed=self._feed,
            limits=limits or Limits(),
            log=log,
        )

    @property
    def routes(self) -> list[WebSocketRoute]:
        """The routes to mount."""
        return [WebSocketRoute("/realtime/v1/websocket", self._connect)]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Streams the database's messages to subscribers until the block ends."""
        await self._pool.open()
        feed = asyncio.create_task(self._feed.run())
        try:
            yield
        finally:
            feed.cancel()
            await asyncio.gather(feed, return_exceptions=True)
            await self._pool.close()

    async def _connect(self, socket: WebSocket) -> None:
        codec = CODECS.get(socket.query_params.get("vsn", "1.0.0"))
        key = socket.headers.get("x-api-key") or socket.query_params.get("apikey")
        try:
            if not key:
                raise InvalidTokenError("MissingAPIKey", "API key is missing")
            caller = self._server.tokens.of_key(key)
        except InvalidTokenError as error:
            await _deny(socket, 401, error.message)
            return
        if codec is None:
            await _deny(socket, 403, "vsn must be one of " + ", ".join(CODECS))
            return
        await socket.accept()
        await Connection(socket, self._server, codec, caller).run()

    def _deliver(self, sent: Sent) -> None:
        room = self._rooms.find(sent.private, sent.topic)
        if room is not None:
            room.say(sent.broadcast)


async def _deny(socket: WebSocket, status: int, why: str) -> None:
    """Answers the handshake with an HTTP error."""
    if _DENIED in socket.scope.get("extensions", {}):
        await socket.send_denial_response(JSONResponse({"error": why}, status_code=status))
    else:
        await socket.close()
