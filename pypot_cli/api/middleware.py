"""What surrounds every request: correlation id, one log line, limits, CORS.

Plain ASGI, and HTTP only: websockets pass through untouched.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pypot_cli.api.http import (
    CORRELATION_HEADER,
    BodyTooLargeError,
    message,
    respond,
)
from pypot_cli.api.settings import Limits
from pypot_cli.api.tokens import ApiKeyError
from pypot_cli.service import Log

_METHODS = "GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD"
_EXPOSED = (
    "Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, "
    "Transfer-Encoding, Range-Unit"
)
# GoTrue's alone: by its version supabase-js knows where an error's code is.
_EXPOSED_BY_AUTH = f"{_EXPOSED}, X-Supabase-Api-Version"
_DRAINED_BODIES = 16
_DRAIN_SECONDS = 5
_ID = re.compile(r"[A-Za-z0-9._:-]{1,200}")


class Surroundings:
    """Gives a request its correlation id and its client's address, and logs how it went.

    The line has method, path, status and milliseconds: never a query string, a header, a body or a
    token.
    """

    def __init__(self, app: ASGIApp, log: Log) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(CORRELATION_HEADER, "")
        correlation_id = given if _ID.fullmatch(given) else str(uuid.uuid4())
        _trust_the_peer(scope, correlation_id)
        began = time.monotonic()
        status = 500

        async def send_on(event: Message) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
                MutableHeaders(scope=event)[CORRELATION_HEADER] = correlation_id
            await send(event)

        try:
            await self._app(scope, receive, send_on)
        finally:
            self._log(
                "request",
                correlation_id=correlation_id,
                method=scope["method"],
                path=scope["path"],
                status=status,
                milliseconds=round((time.monotonic() - began) * 1000, 1),
            )


def _trust_the_peer(scope: Scope, correlation_id: str) -> None:
    """Says who is at the other end as Supabase's edge does, whatever the client claims."""
    client = scope.get("client")
    address = client[0] if client else "127.0.0.1"
    headers = MutableHeaders(scope=scope)
    forwarded = headers.get("x-forwarded-for")
    headers["x-forwarded-for"] = f"{forwarded}, {address}" if forwarded else address
    headers["cf-connecting-ip"] = address
    headers["x-real-ip"] = address
    headers[CORRELATION_HEADER] = correlation_id


class Bounds:
    """Turns away what is too much or too long, and what no endpoint caught."""

    def __init__(self, app: ASGIApp, limits: Limits, log: Log) -> None:
        self._app = app
        self._limits = limits
        self._log = log
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        too_long = self._too_long(scope)
        if too_long is not None:
            await too_long(scope, receive, send)
            return
        if self._under_way >= self._limits.requests_at_once:
            busy = message(503, "Too many requests at once")
            busy.headers["Retry-After"] = "1"
            await busy(scope, receive, send)
            return
        self._under_way += 1
        try:
            refusal = await self._refusal(scope, receive, send)
        finally:
            self._under_way -= 1
        if refusal is not None:
            await refusal(scope, receive, send)

    def _too_long(self, scope: Scope) -> Response | None:
        most = self._limits.headers
        if len(scope["raw_path"]) + len(scope["query_string"]) > most:
            return message(414, "Request address too long")
        # The server's own limit holds for what comes in pieces only.
        if sum(len(name) + len(value) for name, value in scope["headers"]) > most:
            return message(431, "Request header fields too large")
        return None

    async def _refusal(self, scope: Scope, receive: Receive, send: Send) -> Response | None:
        """Runs the request; what to answer instead of what it could not answer itself."""
        answered = received = False

        async def receive_on() -> Message:
            nonlocal received
            event = await receive()
            received = not event.get("more_body", False)
            return event

        async def send_on(event: Message) -> None:
            nonlocal answered
            answered = True
            await send(event)

        try:
            async with asyncio.timeout(self._limits.request_seconds):
                await self._app(scope, receive_on, send_on)
        except TimeoutError:
            refusal = message(504, "The request took too long")
        except BodyTooLargeError:
            refusal = message(413, "Request size limit exceeded")
            if not received and not await self._drained(receive):
                refusal.headers["Connection"] = "close"
        except ApiKeyError:
            hint = "Double check the anon, publishable, service_role or secret key."
            refusal = message(401, "Invalid API key", hint=hint)
        except Exception as error:
            # Its text may quote what the client sent; its type and place are enough to find it.
            self._log("failed", error=type(error).__name__, where=_place(error))
            refusal = message(500, "An unexpected error occurred")
        else:
            return None
        return None if answered else refusal

    async def _drained(self, receive: Receive) -> bool:
        """Takes in the rest of a body that is too long: a client reads no answer while it sends.

        Gives up after some more of it; says whether that was all.
        """
        left = _DRAINED_BODIES * self._limits.body
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                while left > 0:
                    event = await receive()
                    left -= len(event.get("body", b""))
                    if not event.get("more_body", False):
                        return True
        except TimeoutError:
            pass
        return False


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


class Cors:
    """Lets any page call, as Supabase does: the token decides, no cookie does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers({})
        if "origin" not in headers:
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight(headers)(scope, receive, send)
            return

        async def send_on(event: Message) -> None:
            if event["type"] == "http.response.start":
                own = MutableHeaders(scope=event)
                own["Access-Control-Allow-Origin"] = "*"
                by_auth = scope["path"].startswith("/auth/v1/")
                own["Access-Control-Expose-Headers"] = _EXPOSED_BY_AUTH if by_auth else _EXPOSED
            await send(event)

        await self._app(scope, receive, send_on)


def _preflight(headers: Headers) -> Response:
    asked = headers.get("access-control-request-headers", "").split(",")
    allowed = ["Authorization", *(name.strip() for name in asked if name.strip())]
    listed = ", ".join([*allowed, "Accept", "Accept-Language", "Content-Language"])
    return respond(
        200,
        [
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Allow-Methods", _METHODS),
            ("Access-Control-Allow-Headers", listed),
            ("Access-Control-Max-Age", "86400"),
        ],
    )
