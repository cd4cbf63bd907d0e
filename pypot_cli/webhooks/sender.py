"""Sends one delivery: signed by each of its secrets, to an address outside, within a time."""

from __future__ import annotations

import asyncio
import email.utils
import math
import re
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpcore
import httpx
from standardwebhooks import Webhook

from pypot_cli.steps import Step, step
from pypot_cli.webhooks import guard
from pypot_cli.webhooks.guard import Backend, BlockedError, Resolve, Rules, UnknownNameError

AGENT = b"community-pots-webhooks/1"

# Of 24 bytes or more, as Standard Webhooks has it.
_SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{32,}={0,2}")

_LONGEST_ANSWER = 1 << 14
_ANSWER_SECONDS = 1.0

_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Delivery:
    """A claimed delivery (a row of claim_deliveries)."""

    delivery_id: int
    lease: str
    webhook_id: str
    event_id: str
    kind: str
    url: str
    body: str
    secrets: tuple[str, ...]
    attempts: int

    @classmethod
    def of(cls, row: dict[str, Any]) -> Delivery:
        """Return the delivery that a row describes."""
        return cls(**{**row, "secrets": tuple(row["secrets"])})

    def __repr__(self) -> str:
        # Wherever it is printed, no secret and no URL, which may hold one.
        return f"Delivery({self.delivery_id})"


@dataclass(frozen=True)
class Outcome:
    """How it went: the receiver's `status`, if one came, and the class of the `error`, if any."""

    status: int | None
    error: str | None
    retry_after: int | None = None
    """For how many seconds a receiver that did not take it asks to be left alone, if it does."""


@dataclass(frozen=True)
class Limits:
    """How long what may take, in seconds."""

    connect: float = 5.0
    whole: float = 15.0
    """From the resolving of the name to the head of the answer, however slowly it drips."""


def sign(delivery: Delivery, at: datetime) -> dict[str, str]:
    """Return the headers of Standard Webhooks: id, timestamp, and a signature for each secret.

    Raises ValueError for a secret that is none: the library would sign with whatever it can decode.
    """
    if not all(_SECRET.fullmatch(secret) for secret in delivery.secrets):
        raise ValueError("a secret that is none")
    signatures = [
        Webhook(secret).sign(delivery.event_id, at, delivery.body) for secret in delivery.secrets
    ]
    return {
        "webhook-id": delivery.event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def retry_after(headers: Iterable[tuple[bytes, bytes]], now: datetime) -> int | None:
    """Return for how many seconds a receiver asks to be left alone, a day at most.

    None where it does not, or in no form that is known: seconds, or a date (RFC 9110, 10.2.3).
    """
    said = next((value for name, value in headers if name.lower() == b"retry-after"), None)
    if said is None:
        return None
    text = said.decode("latin-1").strip()
    if re.fullmatch(r"[0-9]+", text):
        digits = text.lstrip("0")
        return min(int(digits or "0"), _DAY_SECONDS) if len(digits) < 10 else _DAY_SECONDS
    try:
        at = email.utils.parsedate_to_datetime(text)
        if at.tzinfo is None:  # a date of HTTP is in UTC, in each of its three spellings
            at = at.replace(tzinfo=UTC)
        seconds = math.ceil((at - now).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return max(0, min(seconds, _DAY_SECONDS))


class Sender:
    """Sends deliveries, many at once. To be used within one event loop."""

    def __init__(
        self,
        rules: Rules,
        *,
        concurrency: int,
        limits: Limits | None = None,
        resolve: Resolve = guard.system_names,
        tls: ssl.SSLContext | None = None,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        """`network` makes the connections that are allowed; the system's own by default."""
        self._rules = rules
        self._limits = limits or Limits()
        # httpcore takes no proxy from the environment, follows nothing and keeps no cookie.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or httpx.create_ssl_context(),
            max_connections=concurrency,
            max_keepalive_connections=concurrency,
            keepalive_expiry=5.0,
            network_backend=Backend(rules, resolve, network or httpcore.AnyIOBackend()),
        )

    async def close(self) -> None:
        """Drop the connections that are kept."""
        await self._pool.aclose()

    async def send(self, delivery: Delivery) -> Outcome:
        """Send it and say how it went; raises nothing."""
        with step(Step.SEND_DELIVERY):
            return await self._send(delivery)

    async def _send(self, delivery: Delivery) -> Outcome:
        status: int | None = None
        try:
            target = guard.read_url(delivery.url, self._rules)
            content = delivery.body.encode()
            try:
                headers = self._headers(delivery, target, len(content))
            except ValueError:
                # Somebody has put in the Vault what is no secret: nothing goes out unsigned.
                return Outcome(None, "blocked")
            async with asyncio.timeout(self._limits.whole):
                response = await self._pool.handle_async_request(
                    httpcore.Request(
                        b"POST",
                        target.url,
                        headers=headers,
                        content=content,
                        extensions={"timeout": self._timeouts()},
                    )
                )
                status = response.status
            await _leave(response)
        except BlockedError:
            return Outcome(status, "blocked")
        except UnknownNameError:
            return Outcome(status, "name")
        except (TimeoutError, httpcore.TimeoutException):
            return Outcome(status, "timeout")
        except httpcore.ConnectError as error:
            return Outcome(status, "tls" if _is_of_tls(error) else "connection")
        except httpcore.ProtocolError:
            return Outcome(status, "protocol")
        except (httpcore.NetworkError, httpcore.ConnectionNotAvailable, OSError):
            return Outcome(status, "connection")
        if 200 <= status <= 299:
            return Outcome(status, None)
        return Outcome(
            status,
            "redirect" if 300 <= status <= 399 else "status",
            retry_after(response.headers, datetime.now(UTC)),
        )

    def _headers(
        self, delivery: Delivery, target: guard.Target, length: int
    ) -> Sequence[tuple[bytes, bytes]]:
        signed = sign(delivery, datetime.now(UTC))
        return [
            (b"Host", target.host_header),
            (b"User-Agent", AGENT),
            (b"Accept-Encoding", b"identity"),
            (b"Content-Type", b"application/json"),
            (b"Content-Length", b"%d" % length),
            *((name.encode(), value.encode()) for name, value in signed.items()),
        ]

    def _timeouts(self) -> dict[str, float]:
        limits = self._limits
        return {
            "connect": limits.connect,
            "read": limits.whole,
            "write": limits.whole,
            "pool": limits.whole,
        }


async def _leave(response: httpcore.Response) -> None:
    """Read a short answer to its end, so that the connection may be used again; drop any other.

    By then the receiver has said whether it took the delivery: what follows changes nothing.
    """
    seen = 0
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            async for piece in response.aiter_stream():
                seen += len(piece)
                if seen > _LONGEST_ANSWER:
                    break
    except (TimeoutError, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        pass
    finally:
        await response.aclose()


def _is_of_tls(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
