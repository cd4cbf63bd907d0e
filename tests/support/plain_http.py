"""HTTP/1.1 by hand: requests that no client library would send, and what is answered to them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass

_PATIENCE_SECONDS = 60.0

Headers = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `seconds` from the request's first byte to the answer's last."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


class NoReplyError(Exception):
    """The server closed the connection, or said nothing for a minute."""


def request(method: str, target: str, headers: Headers = (), body: bytes | None = None) -> bytes:
    """The bytes of a request, as they are given: characters above U+00FF go as UTF-8."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    text = "\r\n".join([*lines, "", ""])
    return text.encode(errors="surrogatepass") + (body or b"")


class Line:
    """A connection on which one request follows another; made again whenever the server ends it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> Reply:
        """Sends a request and reads its answer. Raises NoReplyError."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                reader = await self._send(request)
                status, headers = await _head(reader)
                while status < 200:  # "go on", and then the answer
                    status, headers = await _head(reader)
                has_body = not request.startswith(b"HEAD ") and status not in (204, 304)
                body = await _body(reader, headers) if has_body else b""
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            self.close()
            raise NoReplyError(type(error).__name__) from None
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Reply(status, headers, body, time.monotonic() - began)

    def close(self) -> None:
        """Ends the connection, if there is one."""
        if self._writer is not None:
            self._writer.transport.abort()
        self._reader = self._writer = None

    async def _send(self, request: bytes) -> asyncio.StreamReader:
        if self._reader is None or self._reader.at_eof() or self._writer is None:
            self.close()
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(request)
        # Who refuses a request half-way answers it all the same.
        with contextlib.suppress(OSError):
            await self._writer.drain()
        return self._reader


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    text = await reader.readuntil(b"\r\n\r\n")
    first, *lines = text.decode("latin-1").rstrip("\r\n").split("\r\n")
    assert first.startswith("HTTP/1.1 "), first
    pairs = (line.partition(":") for line in lines)
    return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    if headers.get("transfer-encoding") != "chunked":
        return await reader.read()
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)
