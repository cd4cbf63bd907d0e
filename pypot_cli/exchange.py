"""One question over HTTP, whose answer is neither late nor long, whoever gives it.

A timeout of each read alone bounds nothing: an answer can drip, in its head as in its body, or be
preceded by informational ones without end.
"""

from __future__ import annotations

import asyncio
import functools
import ssl
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

_CONNECT_SECONDS = 3.0


class Answer(NamedTuple):
    """What was answered; `body` as it came, never inflated."""

    status: int
    headers: httpx.Headers
    body: bytes


def ask(
    method: str,
    url: str,
    *,
    seconds: float,
    most: int,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Return the answer to one request; redirections are answers and not followed.

    Raises ValueError for more than `most` bytes, httpx.ReadTimeout when it is not whole after
    `seconds`, and httpx.HTTPError or httpx.InvalidURL for what else goes wrong.
    """
    if not is_address(url):
        raise httpx.InvalidURL("no address of a host and a port")
    return asyncio.run(_ask(method, url, seconds, most, content, headers))


def is_address(url: str) -> bool:
    """Say whether `url` is an http or https address: of a host, and of a port that there can be."""
    try:
        parts = urlsplit(url)
        httpx.URL(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except (ValueError, httpx.InvalidURL):
        return False


async def _ask(
    method: str,
    url: str,
    seconds: float,
    most: int,
    content: bytes | None,
    headers: Mapping[str, str] | None,
) -> Answer:
    asked = {"Accept-Encoding": "identity", **(headers or {})}
    # Of all the rest asyncio says when it is over.
    timeout = httpx.Timeout(None, connect=_CONNECT_SECONDS)
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(verify=_tls(), timeout=timeout) as client,
            client.stream(method, url, content=content, headers=asked) as answer,
        ):
            body = b""
            async for piece in answer.aiter_raw():
                body += piece
                if len(body) > most:
                    raise ValueError(f"longer than {most} bytes")
            return Answer(answer.status_code, answer.headers, body)
    except TimeoutError:
        raise httpx.ReadTimeout("too slow") from None


@functools.cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()
