"""A beacon of one's own, for development and tests: one key, and drand's HTTP API over it.

Whoever has the key knows every round to come, so a draw by it is only as fair as that somebody.
It still keeps to the clock: no request is told a round before its time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from pypot_cli import config
from pypot_cli.api.server import HOST, Stoppable, listen
from pypot_cli.errors import PypotError
from pypot_cli.fairness.beacon import (
    ORDER,
    SCHEME,
    Chain,
    chain_hash,
    public_key,
    sign_round,
)
from pypot_cli.fairness.draw import hmac_sha256, sha256, tag
from pypot_cli.keys import Secret

_BEACON_ID = "pypot"
_FRESH = {"Cache-Control": "no-cache"}
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


class LocalBeacon:
    """A chain and the key that signs its rounds, when their time has come."""

    def __init__(
        self,
        secret: Secret,
        *,
        genesis_time: int = config.BEACON_GENESIS,
        period: int = config.BEACON_PERIOD,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`genesis_time` in Unix seconds, `period` in seconds. Raises ValueError for no chain."""
        self._secret = secret
        self._clock = clock
        key = public_key(self._private_key())
        # drand's is of the group of nodes; here it is one node.
        self._group_hash = sha256(key)
        try:
            named = chain_hash(
                public_key=key,
                genesis_time=genesis_time,
                period=period,
                group_hash=self._group_hash,
                beacon_id=_BEACON_ID,
            )
        except OverflowError:
            raise ValueError("a chain has a period of 32 bits and a genesis of 63") from None
        self.chain = Chain(named, key, SCHEME, genesis_time, period)

    def _private_key(self) -> int:
        # 512 bits, so that the remainder has no bias that anybody could see.
        halves = [
            hmac_sha256(self._secret.reveal(), tag(f"pypot/local-beacon/v1/{half}"))
            for half in ("high", "low")
        ]
        return int.from_bytes(b"".join(halves), "big") % (ORDER - 1) + 1

    def latest(self) -> int:
        """Return the number of the last round whose time has come; 0: none has."""
        micros = int(self._clock() * 1e6)
        number = self.chain.round_at(micros)
        return number if self.chain.round_time(number) <= micros else number - 1

    def signature(self, number: int) -> bytes | None:
        """Return the 48-byte signature of a round; None before its time, and for no round."""
        if not 1 <= number <= self.latest():
            return None
        return sign_round(self._private_key(), number)

    def info(self) -> dict[str, Any]:
        """Return what drand's /info says of a chain."""
        return {
            "public_key": self.chain.public_key.hex(),
            "period": self.chain.period,
            "genesis_time": self.chain.genesis_time,
            "hash": self.chain.hash.hex(),
            "groupHash": self._group_hash.hex(),
            "schemeID": self.chain.scheme,
            "metadata": {"beaconID": _BEACON_ID},
        }

    def info_v2(self) -> dict[str, Any]:
        """Return the same in the words of the API's second version."""
        return {
            "public_key": self.chain.public_key.hex(),
            "period": self.chain.period,
            "genesis_time": self.chain.genesis_time,
            "genesis_seed": self._group_hash.hex(),
            "chain_hash": self.chain.hash.hex(),
            "scheme": self.chain.scheme,
            "beacon_id": _BEACON_ID,
        }


def create_app(beacon: LocalBeacon) -> Starlette:
    """Return drand's HTTP API, both versions, over one chain.

    A round yet to come is 425, as with drand's relays; an unknown chain 404; no number 400.
    """

    def of_chain(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
        def checked(request: Request) -> Response:
            named = request.path_params.get("chain_hash", beacon.chain.hash.hex())
            if named != beacon.chain.hash.hex():
                return PlainTextResponse("unknown chain hash", 404, _FRESH)
            return answer(request)

        return checked

    def chains(_: Request) -> Response:
        return JSONResponse([beacon.chain.hash.hex()])

    def info(_: Request) -> Response:
        return JSONResponse(beacon.info())

    def info_v2(_: Request) -> Response:
        return JSONResponse(beacon.info_v2())

    def health(_: Request) -> Response:
        latest = beacon.latest()
        return JSONResponse({"current": latest, "expected": latest}, headers=_FRESH)

    def signed(request: Request, *, randomness: bool) -> Response:
        asked = request.path_params["round"]
        if asked != "latest" and not (asked.isascii() and asked.isdigit() and len(asked) < 20):
            return PlainTextResponse("Failed to parse round parameter", 400)
        number = beacon.latest() if asked == "latest" else int(asked)
        signature = beacon.signature(number)
        if signature is None:
            return PlainTextResponse("Requested future beacon", 425, _FRESH)
        told: dict[str, Any] = {"round": number}
        if randomness:
            told["randomness"] = sha256(signature).hex()
        told["signature"] = signature.hex()
        return JSONResponse(told, headers=_FRESH if asked == "latest" else _FOR_EVER)

    def public(request: Request) -> Response:
        return signed(request, randomness=True)

    def rounds(request: Request) -> Response:
        return signed(request, randomness=False)

    return Starlette(
        routes=[
            Route("/chains", chains),
            Route("/health", health),
            Route("/info", info),
            Route("/public/{round}", public),
            Route("/v2/chains", chains),
            Route("/v2/chains/{chain_hash}/info", of_chain(info_v2)),
            Route("/v2/chains/{chain_hash}/health", of_chain(health)),
            Route("/v2/chains/{chain_hash}/rounds/{round}", of_chain(rounds)),
            Route("/{chain_hash}/info", of_chain(info)),
            Route("/{chain_hash}/health", of_chain(health)),
            Route("/{chain_hash}/public/{round}", of_chain(public)),
        ]
    )


class BeaconServer(Stoppable):
    """A local beacon bound to its port on 127.0.0.1 and not yet serving."""

    def __init__(self, beacon: LocalBeacon, port: int) -> None:
        """`port` 0 is any free one. Raises PypotError when it is taken."""
        self._listener = listen(port)
        self.beacon = beacon
        self.url = f"http://{HOST}:{self._listener.getsockname()[1]}"
        super().__init__(
            uvicorn.Config(
                create_app(beacon),
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=5,
            )
        )

    def describe(self) -> dict[str, str]:
        """Return where it is and which chain it serves."""
        chain = self.beacon.chain
        return {
            "url": self.url,
            "info": f"{self.url}/{chain.hash.hex()}/info",
            "chain_hash": chain.hash.hex(),
            "public_key": chain.public_key.hex(),
        }

    def serve_until_stopped(self) -> None:
        """Serve until asked to stop; raises PypotError when it could not start."""
        self.run(sockets=[self._listener])
        if not self.started:
            raise PypotError("the beacon did not start: see the lines above")
