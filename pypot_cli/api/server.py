"""Runs the application: one process, stopped gracefully by SIGINT and SIGTERM."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Iterator, Sequence

import uvicorn

from pypot_cli import rpc
from pypot_cli.api.app import Part, PartMaker, create_app
from pypot_cli.api.realtime import Realtime
from pypot_cli.api.realtime.identity import AuthorityTokens
from pypot_cli.api.realtime.transport import SocketProtocol
from pypot_cli.api.settings import Settings, jwt_secret, signing_key
from pypot_cli.api.tokens import Authority
from pypot_cli.db import connect
from pypot_cli.errors import PypotError
from pypot_cli.interrupts import handled
from pypot_cli.service import Log

HOST = "127.0.0.1"


def listen(port: int, host: str = HOST) -> socket.socket:
    """A bound socket; port 0 is any free one. Raises PypotError when the port is taken."""
    # asyncio switches Nagle's algorithm off only where it reads that the protocol is TCP; with it,
    # an answer's body would wait 40 ms behind its headers.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PypotError(
            f"cannot listen on {host}:{port} ({error.strerror}): stop what does, or give --port"
        ) from None
    return listener


def realtime(settings: Settings, authority: Authority) -> Part:
    """The part that answers below /realtime/v1."""
    return Realtime(settings.stream_url or settings.database_url, AuthorityTokens(authority))


def prepare(
    database_url: str, port: int, *, stream_url: str | None = None, read_url: str | None = None
) -> Server:
    """A server of everything over this database, bound to its port and not yet serving.

    Its keys are PYPOT_JWT_SECRET's and the checkout's. `stream_url` and `read_url` are of the same
    database, see Settings. Raises PypotError when the database does not
    let in what the API logs in as, or the port is taken.
    """
    urls = [database_url, stream_url, read_url]
    for url in [rpc.login_url(database_url), *filter(None, urls)]:
        connect(url).close()
    key, kid = signing_key()
    listener = listen(port)
    settings = Settings(
        database_url=database_url,
        stream_url=stream_url,
        read_url=read_url,
        signing_key=key,
        signing_kid=kid,
        jwt_secret=jwt_secret(),
        url=f"http://{HOST}:{listener.getsockname()[1]}",
    )
    return Server(settings, listener, [realtime])


class Stoppable(uvicorn.Server):
    """uvicorn, ended by SIGINT and SIGTERM as a command is."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ends by itself when asked to; uvicorn would die of the signal once more at the end."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        with handled(self.handle_exit):
            yield


class _Lines(logging.Handler):
    """What uvicorn logs, as lines of ours.

    Without its arguments, and of an exception the type alone: both may quote what a client sent.
    """

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler."""
        error = record.exc_info[0] if record.exc_info else None
        self._log(
            "uvicorn",
            level=record.levelname.lower(),
            message=str(record.msg),
            **({"error": error.__name__} if error else {}),
        )


class Server(Stoppable):
    """The API, for one application and one socket."""

    def __init__(
        self, settings: Settings, listener: socket.socket, parts: Sequence[PartMaker] = (realtime,)
    ) -> None:
        limits = settings.limits
        super().__init__(
            uvicorn.Config(
                create_app(settings, parts),
                http="h11",
                ws=SocketProtocol,
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                # Who is at the other end decides, not what a header says.
                proxy_headers=False,
                h11_max_incomplete_event_size=limits.headers,
                timeout_graceful_shutdown=limits.stop_seconds,
                ws_max_size=limits.body,
                ws_per_message_deflate=False,
            )
        )
        logger = logging.getLogger("uvicorn.error")
        logger.handlers, logger.propagate = [_Lines(Log("api"))], False
        self.settings = settings
        self._listener = listener

    def describe(self) -> dict[str, str]:
        """What a client has to know: the address, and the keys of both kinds."""
        authority = Authority(self.settings)
        return {
            "url": self.settings.url,
            "anon_key": authority.legacy_key("anon"),
            "service_role_key": authority.legacy_key("service_role"),
            "publishable_key": self.settings.publishable_key,
            "secret_key": self.settings.secret_key,
        }

    def serve_until_stopped(self) -> None:
        """Serves until asked to stop; raises PypotError when it could not start."""
        self.run(sockets=[self._listener])
        if not self.started:
            raise PypotError("the API did not start: see the lines above")
