"""Beacons that are really there, honest ones and liars, and pots that wait for them.

No test waits half a minute for a round: the clocks of the database, of the beacon and of the
services in this process are all set ahead by as much.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pypot_cli.beacon.local import BeaconServer, LocalBeacon
from pypot_cli.beacon.rounds import Rounds, RoundsNow
from pypot_cli.beacon.source import Source
from pypot_cli.beacon.submitter import CALLER, Submitter
from pypot_cli.fairness import signing
from pypot_cli.fairness.beacon import BUILT_IN, Chains
from pypot_cli.keys import Secret, new_secret
from pypot_cli.rpc import ANON, Caller
from pypot_cli.service import Log
from tests.support.clocks import Shifted, set_clock
from tests.support.lived import SERVICE_ROLE, Game

_START_SECONDS = 10.0


@contextlib.contextmanager
def serving(beacon: LocalBeacon, port: int = 0) -> Iterator[str]:
    """The address of a beacon that is served within the block."""
    server = BeaconServer(beacon, port)
    thread = threading.Thread(target=server.serve_until_stopped, daemon=True)
    thread.start()
    deadline = time.monotonic() + _START_SECONDS
    while not server.started:
        assert time.monotonic() < deadline, "the beacon did not start"
        time.sleep(0.01)
    yield server.url
    server.should_exit = True
    thread.join()


class Liar:
    """An endpoint that answers whatever it is told to.

    It notes what it was asked, and whether somebody hung up before it had said all.
    """

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body: Callable[[str], bytes] = lambda path: b"{}"
        self.drip_seconds = 0.0
        self.asked: list[str] = []
        self.hung_up = False
        self.url = ""


@contextlib.contextmanager
def stalling() -> Iterator[str]:
    """The address of an endpoint that goes on telling whoever asks to wait for its answer."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with contextlib.suppress(OSError):
                while not ended.wait(0.05):
                    self.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
                    self.wfile.flush()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def lying() -> Iterator[Liar]:
    """A liar that is served within the block."""
    liar = Liar()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            liar.asked.append(self.path)
            self.send_response(liar.status)
            for name, value in liar.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                if liar.drip_seconds:
                    for byte in liar.body(self.path):
                        self.wfile.write(bytes([byte]))
                        self.wfile.flush()
                        time.sleep(liar.drip_seconds)
                else:
                    self.wfile.write(liar.body(self.path))
            except OSError:
                liar.hung_up = True

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    liar.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Draws:
    """A game whose pots of draw 2 wait for a beacon of its own, and everybody's clock.

    The chain is registered and in use, and so is one key of purpose `beacon`.
    """

    def __init__(self, game: Game, key: Secret | None = None, **chain: int) -> None:
        """`key`: that of who submits; `chain` may say `genesis_time` and `period`."""
        self.game = game
        self.clock = Shifted()
        self.key = key or new_secret()
        self.beacon = LocalBeacon(new_secret(), clock=self.clock, **chain)
        self.chain = self.beacon.chain
        self.chains: Chains = {**BUILT_IN, self.chain.hash: self.chain}
        self.kid = self.register(self.key)
        game.api.call(
            SERVICE_ROLE,
            "register_beacon_chain",
            chain_hash=self.chain.hash.hex(),
            public_key=self.chain.public_key.hex(),
            scheme=self.chain.scheme,
            genesis_time=self.chain.genesis_time,
            period_seconds=self.chain.period,
        )
        game.api.call(SERVICE_ROLE, "use_beacon_chain", chain_hash=self.chain.hash.hex())
        self.orchestrator = game.make_orchestrator(chains=self.chains, clock=self.clock)
        self.settlement = game.make_settlement(chains=self.chains, clock=self.clock)

    def register(self, key: Secret) -> str:
        """Have the database trust a key for beacons; its kid."""
        public_key = signing.public_key(key.reveal()).hex()
        answer = self.game.api.call(
            SERVICE_ROLE, "register_signing_key", purpose="beacon", public_key=public_key
        )
        kid: str = answer["kid"]
        return kid

    def set_clocks(self, ahead: float) -> None:
        """Set every clock ahead of the real one, by that many seconds."""
        self.clock.ahead = ahead
        set_clock(self.game.db, ahead)

    def submitter(
        self,
        *endpoints: str,
        key: Secret | None = None,
        chains: Chains | None = None,
        caller: Caller = CALLER,
        rounds: Rounds | None = None,
    ) -> Submitter:
        """Who hands in what those endpoints give, by the registered key unless told otherwise."""
        log = Log("beacon")
        return Submitter(
            self.game.client(caller),
            log,
            key or self.key,
            self.chains if chains is None else chains,
            rounds or RoundsNow(Source(endpoints, log), log, 0, self.clock),
            clock=self.clock,
        )

    def full(self) -> str:
        """A pot of draw 2 that is sold out."""
        pot_id = self.game.pot(draw_version=2)
        self.game.fill(pot_id, self.game.users(3))
        return pot_id

    def revealed(self, count: int = 1) -> list[str]:
        """Pots that were locked, attested and revealed, and wait for their beacon."""
        pots = [self.full() for _ in range(count)]
        self.orchestrator.round()
        self.settlement.round()
        assert {self.pot(pot_id)["status"] for pot_id in pots} == {"settling"}
        assert all(self.pot(pot_id)["fairness"]["reveal_seed"] for pot_id in pots)
        return pots

    def pot(self, pot_id: str) -> dict[str, Any]:
        """What anyone may see of a pot."""
        found: dict[str, Any] = self.game.api.call(ANON, "get_pot", pot_id=pot_id)
        return found

    def actions(self, pot_id: str) -> list[str]:
        """The actions of a pot's chain, in order."""
        return [row["action"] for row in self.game.api.rows(ANON, "get_audit_chain", pot_id=pot_id)]
