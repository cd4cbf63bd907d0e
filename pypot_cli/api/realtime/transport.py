"""Websockets as uvicorn has them, except that a socket which has ended is let go of.

Run uvicorn with `ws=SocketProtocol`, `ws_max_size` the Limits' frame_bytes, so that a longer frame
is never held, and `ws_per_message_deflate=False`: what it saves locally is nothing, and it costs a
thousand sockets 300 kB each.
"""

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_FAREWELL_SECONDS = 5.0


class SocketProtocol(WebSocketsSansIOProtocol):
    """One connection."""

    async def run_asgi(self) -> None:
        """Runs the application; whatever its client does, the connection ends soon after.

        uvicorn waits until a client has read everything, which one that reads nothing never has.
        """
        await super().run_asgi()
        self.loop.call_later(_FAREWELL_SECONDS, self.transport.abort)

    async def send(self, message: ASGISendEvent) -> None:
        """As uvicorn's; a handshake that was answered by an HTTP response is complete as well."""
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True
