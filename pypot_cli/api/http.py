"""What every endpoint needs of HTTP: who calls, the body within its limit, exact headers out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from pypot_cli.api.tokens import Authority, Identity

CORRELATION_HEADER = "x-correlation-id"


class BodyTooLargeError(Exception):
    """A body longer than the limit; nothing past the limit was kept."""


def identify(authority: Authority, request: Request) -> Identity:
    """The caller; raises TokenError or ApiKeyError. An `apikey` may stand in the query string."""
    apikey = request.headers.get("apikey") or request.query_params.get("apikey")
    return authority.identify(request.headers.get("authorization"), apikey)


async def read_body(request: Request) -> bytes:
    """The whole body; raises BodyTooLargeError as soon as it is too long."""
    most: int = request.app.state.settings.limits.body
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise BodyTooLargeError
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > most:
                raise BodyTooLargeError
            chunks.append(chunk)
    except ClientDisconnect:
        return b""
    return b"".join(chunks)


def plain_headers(request: Request) -> Mapping[str, str]:
    """The headers by their names in lower case, without cookies; of several the last counts."""
    return {name: value for name, value in request.headers.items() if name != "cookie"}


def respond(status: int, headers: Iterable[tuple[str, str]], body: bytes = b"") -> Response:
    """A response with exactly these headers, several of one name included."""
    response = Response(body, status)
    for name, value in headers:
        response.headers.append(name, value)
    return response


def message(status: int, text: str, **more: str) -> Response:
    """A refusal in the shape of Supabase's gateway."""
    body = json.dumps({"message": text, **more}).encode()
    return respond(status, [("Content-Type", "application/json; charset=utf-8")], body)
