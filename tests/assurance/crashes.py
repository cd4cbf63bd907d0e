"""The harness of crashes: every process of the server dies at once under load, again and again."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import psycopg

from pypot_cli.assure import Harness, Run
from pypot_cli.check import check_database
from tests.support.game import Game, Json, Player, race
from tests.support.own_server import OwnServer, own_server

PLAYERS = 8
ROUNDS = 200
_LOAD_SECONDS = 0.8
# To look at everything takes longer the more there is.
_ROUNDS_A_CHECK = 20


@dataclass
class Load:
    """Joins and cancelled entries, each under a key of its own, until the server is gone."""

    acknowledged: dict[str, tuple[uuid.UUID, Json]] = field(default_factory=dict)
    unknown: dict[str, uuid.UUID] = field(default_factory=dict)
    cancelled: dict[str, tuple[uuid.UUID, Json]] = field(default_factory=dict)
    started: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def run(self, player: Player, pot_id: str) -> None:
        """Buys until the connection breaks."""
        for number in range(1_000_000):
            key = str(uuid.uuid4())
            self.unknown[key] = player.user_id
            try:
                answer = player.call("join_pot", pot_id=pot_id, ticket_count=1, idempotency_key=key)
                del self.unknown[key]
                self.acknowledged[key] = (player.user_id, answer)
                if number == 0:
                    self.started.release()
                if number % 3 == 2:
                    refund = player.call("cancel_entry", entry_id=answer["entry_id"])
                    self.cancelled[answer["entry_id"]] = (player.user_id, refund)
            except psycopg.OperationalError:
                return


@dataclass
class Tally:
    """What became of the calls of all rounds so far."""

    acknowledged: int = 0
    cancelled: int = 0
    unknown: int = 0
    """Calls that the server died under."""
    done: int = 0
    """Of these: what had been done."""
    missing: int = 0
    """Acknowledged, and not there or not as it was acknowledged."""
    duplicated: int = 0
    """Entries beyond one for each call, once every call was sent again."""
    drift: int = 0
    """Invariants that were found broken."""


class Crashes:
    """One server, one pot, and the rounds on them."""

    def __init__(self, server: OwnServer) -> None:
        self.server = server
        self.game = Game(server.db)
        self.pot_id = self.game.pot(entry_cost=1, max_tickets=100_000_000)
        self.users = [each.user_id for each in self.game.players(PLAYERS, funds=100_000_000)]
        self.tally = Tally()
        self._again: dict[uuid.UUID, Player] = {}

    def round(self) -> None:
        """Everybody buys, the server dies in the middle of it and comes back; all is counted."""
        load = Load()
        players = [self.game.again(user_id) for user_id in self.users]
        race([*(partial(load.run, player, self.pot_id) for player in players), self._strike(load)])
        self.server.restart()
        self.game.reconnect()
        self._again = {user_id: self.game.again(user_id) for user_id in self.users}
        self._count(load)

    def settle(self) -> None:
        """Takes the pot to its end."""
        self.game.pass_time(7200)
        self.game.settle(self.pot_id)

    def check(self) -> list[str]:
        """Counts and returns the invariants that are broken."""
        broken = [each.name for each in check_database(self.server.db.url()) if not each.holds]
        self.tally.drift += len(broken)
        return broken

    def close(self) -> None:
        """Ends every connection."""
        self.game.close()

    def _strike(self, load: Load) -> Callable[[], None]:
        def strike() -> None:
            for _ in self.users:
                load.started.acquire(timeout=30)
            time.sleep(_LOAD_SECONDS)
            self.server.kill()

        return strike

    def _count(self, load: Load) -> None:
        tally = self.tally
        before = self._entries()
        tally.acknowledged += len(load.acknowledged)
        tally.cancelled += len(load.cancelled)
        tally.unknown += len(load.unknown)
        for key, (user_id, answer) in load.acknowledged.items():
            tally.missing += self._again[user_id].join(self.pot_id, 1, key) != answer
        for entry_id, (user_id, refund) in load.cancelled.items():
            again = self._again[user_id].attempt("cancel_entry", entry_id=entry_id)
            tally.missing += again != refund
        for key, user_id in load.unknown.items():
            assert self._again[user_id].join(self.pot_id, 1, key)["ticket_count"] == 1
        after = self._entries()
        tally.done += len(load.unknown) - (after - before)
        tally.duplicated = after - tally.acknowledged - tally.unknown

    def _entries(self) -> int:
        return int(self.game.value("select count(*) from public.pot_entries"))


def run(going: Run) -> None:
    """As many rounds as there is time for, 200 at most; then the pot is settled."""
    with own_server() as server, contextlib.closing(Crashes(server)) as crashes:
        with going.bar("kills", ROUNDS) as advance:
            rounds = 0
            while rounds < ROUNDS and going.left > 20:
                crashes.round()
                rounds += 1
                advance(1)
                if rounds % _ROUNDS_A_CHECK == 0 and (broken := crashes.check()):
                    going.fail(f"after {rounds} kills: {', '.join(broken)}")
        crashes.settle()
        if broken := crashes.check():
            going.fail(f"at the end: {', '.join(broken)}")
    tally = crashes.tally
    going.figure("kills", rounds)
    for name, value in vars(tally).items():
        going.figure(name, value)
    if tally.missing or tally.duplicated:
        going.fail(f"{tally.missing} acknowledged calls are missing, {tally.duplicated} came twice")
    if not tally.unknown:
        going.fail("no kill interrupted a call")


HARNESS = Harness(
    name="crashes",
    what=(
        "The server is killed under load, fsync on, and comes back: every acknowledged join and "
        "refund is there, once"
    ),
    minutes=9,
    threats=(34, 36),
    controls=(
        "tests/faults/test_killed_server.py::test_a_server_that_acknowledges_early_fails_it",
    ),
    run=run,
)
