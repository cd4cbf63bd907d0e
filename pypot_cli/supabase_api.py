"""Calls of the public functions over HTTPS, by supabase-py's async client, and realtime to wake.

A service that has no connection to the database itself uses this: SUPABASE_URL is the project's
address, SUPABASE_KEY its anon or publishable key, and PYPOT_JWT_SECRET (or the local stack's) signs
the short-lived tokens that name the service's role.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
from postgrest.exceptions import APIError

from pypot_cli import correlation, exchange
from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.rpc import ANON, Caller, Calls, RpcError, UnavailableError, read_details
from pypot_cli.wake import Listening, Wake
from supabase import AsyncClient, AsyncClientOptions, acreate_client

TOKEN_SECONDS = 300
"""How long a token is good; half of that later a new one is made."""

_TIMEOUT_SECONDS = 30.0
_LISTEN_AGAIN_SECONDS = 5.0
_LOCAL_HOSTS = {"127.0.0.1", "::1", "localhost"}

_LONGEST_ANSWER = 16 * 2**20
"""Bytes; the longest there is, a page of pack_lock_entries, has less than one million."""

# Refusals that are returned and so leave their record (contract, section 4).
_RECORDED = {
    "region_blocked",
    "account_blocked",
    "velocity_exceeded",
    "invalid_signature",
    "reveal_mismatch",
}
# PostgREST: no connection, no schema cache yet, no free connection in time.
_UNAVAILABLE = {"PGRST000", "PGRST001", "PGRST002", "PGRST003"}


@dataclass(frozen=True)
class Project:
    """A Supabase project as a service reaches it. The secret shows itself to nobody."""

    url: str
    key: str = field(repr=False)
    jwt_secret: str = field(repr=False)

    def __post_init__(self) -> None:
        """Raise UnreadableInputError for an address that would send a seed in the clear."""
        parts = urlsplit(self.url) if exchange.is_address(self.url) else None
        if parts is None or (parts.scheme == "http" and parts.hostname not in _LOCAL_HOSTS):
            raise UnreadableInputError("SUPABASE_URL must begin with https:// (http:// only here)")
        if not self.key:
            raise UnreadableInputError("set SUPABASE_KEY to the project's anon or publishable key")

    def token(self, caller: Caller) -> str:
        """Return a JWT of the caller."""
        now = int(time.time())
        claims = {"role": caller.role, "iat": now, "exp": now + TOKEN_SECONDS}
        return jwt.encode({**caller.all_claims(), **claims}, self.jwt_secret, algorithm="HS256")


class SupabaseApi(Calls):
    """Calls over HTTPS. Raises UnavailableError when the call may be made again.

    An answer of more than 16 MiB is not read to its end and raises PypotError.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._loop: asyncio.Runner | None = None
        self._client: AsyncClient | None = None
        self._shown: tuple[Caller, float, str] | None = None

    def close(self) -> None:
        """Drop the connections; the next call makes others."""
        if self._loop is not None:
            if self._client is not None:
                self._loop.run(self._client.postgrest.aclose())
            self._loop.close()
        self._loop = self._client = None

    def call(self, caller: Caller, function: str, /, **arguments: Any) -> Any:
        """As Calls.call."""
        if self._loop is None:
            self._loop = asyncio.Runner()
        # The runner's own context is of when it was made, and its correlation id of then.
        context = contextvars.copy_context()
        return self._loop.run(self._call(caller, function, arguments), context=context)

    def rows(self, caller: Caller, function: str, /, **arguments: Any) -> list[Any]:
        """As Calls.rows."""
        rows: list[Any] = self.call(caller, function, **arguments)
        return rows

    async def _call(self, caller: Caller, function: str, arguments: dict[str, Any]) -> Any:
        if self._client is None:
            self._client = await _client(self._project)
        request = self._client.rpc(function, arguments)
        if caller != ANON:  # whom the key itself stands for: reading takes no secret
            request.request.headers["Authorization"] = f"Bearer {self._token(caller)}"
        request.request.headers.update(correlation.headers())
        try:
            return (await request.execute()).data
        except httpx.TransportError as error:
            # Its text may hold the address, never what was sent.
            raise UnavailableError(f"the API: {type(error).__name__}") from None
        except APIError as error:
            raise _told(error) from None

    def _token(self, caller: Caller) -> str:
        now = time.monotonic()
        if self._shown is not None:
            whose, made, token = self._shown
            if whose == caller and now - made <= TOKEN_SECONDS / 2:
                return token
        token = self._project.token(caller)
        self._shown = caller, now, token
        return token


def _told(error: APIError) -> PypotError:
    code = str(error.code or "")
    if code.startswith("PT"):
        token = error.message or ""
        return RpcError(
            code, token, read_details(error.details), error.hint or "", recorded=token in _RECORDED
        )
    if code in _UNAVAILABLE or code in {"429", "502", "503", "504"} or code[:2] in {"08", "57"}:
        return UnavailableError(f"the API: {code}")
    if code in {"PGRST301", "PGRST302", "PGRST303", "401"}:
        return PypotError("the API does not take our token: is PYPOT_JWT_SECRET the project's?")
    # PostgreSQL's own messages quote values.
    return PypotError(f"the API answered {code or 'something unexpected'}")


class _Bounded(httpx.AsyncClient):
    """Reads no more of an answer than any good one has, whatever a hostile API sends."""

    async def send(
        self, request: httpx.Request, *, stream: bool = False, **options: Any
    ) -> httpx.Response:
        # A compressed answer is short and becomes a long one.
        request.headers["Accept-Encoding"] = "identity"
        response = await super().send(request, stream=True, **options)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _BoundedStream(response.stream)
        try:
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise PypotError("the API answered compressed, which was not asked for")
            if not stream:
                await response.aread()
        except BaseException:
            await response.aclose()
            raise
        return response


class _BoundedStream(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = _LONGEST_ANSWER
        async for part in self._stream:
            left -= len(part)
            if left < 0:
                raise PypotError(f"the API answered more than {_LONGEST_ANSWER // 2**20} MiB")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _client(project: Project) -> AsyncClient:
    session = _Bounded(timeout=_TIMEOUT_SECONDS)
    options = AsyncClientOptions(httpx_client=session, auto_refresh_token=False)
    return await acreate_client(project.url, project.key, options=options)


def realtime(project: Project) -> Listening:
    """Listen to the lobby's events, as anybody may, on a connection and a thread of its own."""

    @contextlib.contextmanager
    def listening(wake: Wake) -> Iterator[None]:
        ended = threading.Event()
        thread = threading.Thread(
            target=lambda: asyncio.run(_listen(project, wake, ended)), name="listen", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(_TIMEOUT_SECONDS)

    return listening


async def _listen(project: Project, wake: Wake, ended: threading.Event) -> None:
    while not ended.is_set():
        try:
            client = await _client(project)
            try:
                await _subscribed(client, wake, ended)
            finally:
                await client.remove_all_channels()
                await client.realtime.close()
                await client.postgrest.aclose()
        # Whatever goes wrong with a hint costs a poll and no more.
        except Exception as error:
            wake.log("listening_again", why=type(error).__name__, seconds=_LISTEN_AGAIN_SECONDS)
            await _unless_ended(ended, _LISTEN_AGAIN_SECONDS)


async def _subscribed(client: AsyncClient, wake: Wake, ended: threading.Event) -> None:
    def heard(_: Any) -> None:
        wake.wake()

    channel = client.channel(
        "pots:lobby",
        {
            "config": {
                "private": True,
                "broadcast": {"ack": False, "self": False},
                "presence": {"key": "", "enabled": False},
            }
        },
    )
    channel.on_broadcast("locked", heard)
    await channel.subscribe()
    while not ended.is_set() and client.realtime.is_connected:
        await _unless_ended(ended, 0.5)


async def _unless_ended(ended: threading.Event, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not ended.is_set() and time.monotonic() < until:
        await asyncio.sleep(0.1)
