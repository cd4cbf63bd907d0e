"""Runs the application: one process, stopped gracefully by SIGINT and SIGTERM."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import uvicorn

from pypot_cli.api.app import PartMaker, create_app
from pypot_cli.api.settings import Settings
from pypot_cli.errors import PypotError

HOST = "127.0.0.1"


def listen(port: int, host: str = HOST) -> socket.socket:
    """A listening socket; port 0 is any free one. Raises PypotError when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PypotError(
            f"cannot listen on {host}:{port} ({error.strerror}): stop what does, or give --port"
        ) from None
    return listener


class Server(uvicorn.Server):
    """uvicorn, for one application and one socket."""

    def __init__(
        self, settings: Settings, listener: socket.socket, parts: Sequence[PartMaker] = ()
    ) -> None:
        limits = settings.limits
        super().__init__(
            uvicorn.Config(
                create_app(settings, parts),
                http="h11",
                ws="websockets-sansio",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                # Who is at the other end decides, not what a header says.
                proxy_headers=False,
                h11_max_incomplete_event_size=limits.headers,
                timeout_graceful_shutdown=limits.stop_seconds,
                ws_max_size=limits.body,
            )
        )
        self._listener = listener

    def serve_until_stopped(self) -> None:
        """Serves until asked to stop; raises PypotError when it could not start."""
        self.run(sockets=[self._listener])
        if not self.started:
            raise PypotError("the API did not start: see the lines above")
