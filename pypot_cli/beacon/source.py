"""Rounds of a beacon over HTTP, from any of several endpoints, and none of them trusted.

An endpoint speaks drand's HTTP API. What it says is a round's signature if it verifies under the
chain's key, and nothing otherwise: so whoever runs an endpoint can be silent, and no more.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import tenacity

from pypot_cli import exchange
from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.fairness.beacon import (
    BUILT_IN,
    SIGNATURE_SIZE,
    Chain,
    Chains,
    chain_from_info,
    verify_round,
)
from pypot_cli.fairness.canonical import is_hex, read_json
from pypot_cli.service import Log
from pypot_cli.steps import Step, step

DEFAULT_URLS = (
    "https://api.drand.sh",
    "https://api2.drand.sh",
    "https://api3.drand.sh",
    "https://drand.cloudflare.com",
)
"""Who serves drand's quicknet in public."""

_ANSWER_SECONDS = 5.0
_LONGEST_ANSWER = 16 * 1024
_LONGEST_WAIT_SECONDS = 2.0
_NOT_YET = (404, 425)  # drand's relays answer either for a round to come


class BeaconUnavailableError(PypotError):
    """No endpoint gave what verifies; the same question may be answered in a moment."""


def urls(given: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return the endpoints to ask: `given`, else PYPOT_BEACON_URLS (by commas), else drand's own.

    Raises UnreadableInputError for what is no http or https address.
    """
    listed = os.environ.get("PYPOT_BEACON_URLS", "").split(",")
    found = tuple(given or (each.strip() for each in listed if each.strip())) or DEFAULT_URLS
    if not all(exchange.is_address(url) for url in found):
        raise UnreadableInputError(
            "a beacon's address begins with https:// or http:// and names a host"
        )
    return tuple(url.rstrip("/") for url in found)


def trusted(sources: Iterable[str] = ()) -> Chains:
    """Return quicknet and the chains that each source describes: a file or a URL of an /info.

    Whoever names a URL trusts it for this once: to be safe, keep the file. Raises
    UnreadableInputError for what cannot be read or describes no chain.
    """
    chains = dict(BUILT_IN)
    for source in sources:
        chain = read_chain(source)
        chains[chain.hash] = chain
    return chains


def read_chain(source: str) -> Chain:
    """Return the chain that the file or URL `source` describes. Raises UnreadableInputError."""
    try:
        if _is_url(source):
            if not exchange.is_address(source):
                raise UnreadableInputError("a chain's address names no host, or no port there is")
            status, body = _get(source)
            if status != 200:
                raise UnreadableInputError(f"{_shown(source)} answered {status}")
        else:
            with Path(source).open("rb") as stream:
                body = stream.read(_LONGEST_ANSWER + 1)
        return chain_from_info(_object(body))
    except httpx.HTTPError as error:
        raise UnreadableInputError(f"{_shown(source)}: {type(error).__name__}") from None
    except OSError as error:
        raise UnreadableInputError(f"cannot open {source}: {error.strerror}") from None
    except ValueError as error:
        raise UnreadableInputError(f"{_shown(source)} describes no chain: {error}") from None


class Source:
    """Asks endpoints, the one that answered last first. For one thread."""

    def __init__(self, endpoints: Iterable[str], log: Log) -> None:
        self._endpoints = list(endpoints)
        self._log = log
        self._told: dict[str, str] = {}

    def fetch(self, chain: Chain, number: int, *, give_up: float, stop: threading.Event) -> bytes:
        """Return the verified signature of a round, 48 bytes.

        Asks every endpoint, again and again with jittered pauses for `give_up` seconds or until
        `stop`. Raises BeaconUnavailableError with what each of them answered.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(BeaconUnavailableError),
            wait=tenacity.wait_random_exponential(multiplier=0.1, max=_LONGEST_WAIT_SECONDS),
            stop=tenacity.stop_after_delay(give_up) | tenacity.stop_when_event_set(stop),
            sleep=tenacity.sleep_using_event(stop),
            reraise=True,
        )
        with step(Step.FETCH_BEACON):
            return retrying(self._ask_all, chain, number)

    def _ask_all(self, chain: Chain, number: int) -> bytes:
        failures = []
        for url in list(self._endpoints):
            try:
                signature = _ask(url, chain, number)
            except BeaconUnavailableError as error:
                failures.append(f"{_shown(url)} {error}")
                self._tell(url, str(error))
                continue
            self._told.pop(url, None)
            self._endpoints.remove(url)
            self._endpoints.insert(0, url)
            return signature
        raise BeaconUnavailableError(f"no beacon of round {number}: {'; '.join(failures)}")

    def _tell(self, url: str, why: str) -> None:
        # Once until it changes: an endpoint that is down for a day is one line.
        if self._told.get(url) != why and why != _SAYS_NOT_YET:
            self._log("beacon_endpoint_failed", endpoint=_shown(url), why=why)
        self._told[url] = why


_SAYS_NOT_YET = "has it not yet"


def _ask(url: str, chain: Chain, number: int) -> bytes:
    try:
        status, body = _get(f"{url}/{chain.hash.hex()}/public/{number}")
        if status in _NOT_YET:
            raise BeaconUnavailableError(_SAYS_NOT_YET)
        if status != 200:
            raise BeaconUnavailableError(f"answered {status}")
        stated = _object(body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise BeaconUnavailableError(f"failed: {type(error).__name__}") from None
    except ValueError as error:
        raise BeaconUnavailableError(f"answered no beacon: {error}") from None
    shown, signature = stated.get("round"), stated.get("signature")
    if type(shown) is not int or shown != number:
        raise BeaconUnavailableError("answered another round")
    if not isinstance(signature, str) or not is_hex(signature, SIGNATURE_SIZE):
        raise BeaconUnavailableError("answered no signature")
    if not verify_round(chain, number, bytes.fromhex(signature)):
        raise BeaconUnavailableError("LIES: the signature does not verify")
    return bytes.fromhex(signature)


def _get(url: str) -> tuple[int, bytes]:
    """Return status and body. Raises ValueError if it is too long, httpx.HTTPError if too slow."""
    answer = exchange.ask(
        "GET",
        url,
        seconds=_ANSWER_SECONDS,
        most=_LONGEST_ANSWER,
        headers={"Accept": "application/json"},
    )
    return answer.status, answer.body


def _object(body: bytes) -> dict[str, Any]:
    if len(body) > _LONGEST_ANSWER:
        raise ValueError(f"longer than {_LONGEST_ANSWER} bytes")
    value, ambiguous = read_json(body.decode())
    if ambiguous:
        raise ValueError(ambiguous[0])
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _shown(source: str) -> str:
    """Return an address without what may be secret in it, or a file's name."""
    if not _is_url(source):
        return source
    if not exchange.is_address(source):
        return "what is no address"
    parts = urlsplit(source)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _is_url(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))
