"""The server is killed under load: what was acknowledged is there, and nothing is half there."""

import contextlib
import threading
import time
import uuid
from dataclasses import dataclass, field
from functools import partial

import psycopg

from tests.support.game import Game, Json, Player, assert_clean, race
from tests.support.own_server import OwnServer, own_server

ROUNDS = 3
PLAYERS = 8
LOAD_SECONDS = 0.8


@dataclass
class Load:
    """Joins and cancelled entries, each under a key of its own, until the server is gone."""

    acknowledged: dict[str, tuple[uuid.UUID, Json]] = field(default_factory=dict)
    unknown: dict[str, uuid.UUID] = field(default_factory=dict)
    cancelled: dict[str, Json] = field(default_factory=dict)
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
                    self.cancelled[answer["entry_id"]] = refund
            except psycopg.OperationalError:
                return


def kill_under_load(server: OwnServer, game: Game, pot_id: str, users: list[uuid.UUID]) -> Load:
    """One round: everybody buys, the server dies in the middle of it and comes back."""
    load = Load()
    players = [game.again(user_id) for user_id in users]

    def strike() -> None:
        for _ in players:
            load.started.acquire(timeout=30)
        time.sleep(LOAD_SECONDS)
        server.kill()

    race([*(partial(load.run, player, pot_id) for player in players), strike])
    server.restart()
    game.reconnect()
    return load


def test_every_acknowledged_join_survives_a_kill_and_none_is_half_there() -> None:
    with own_server() as server, contextlib.closing(Game(server.db)) as game:
        pot_id = game.pot(entry_cost=1, max_tickets=1_000_000)
        users = [player.user_id for player in game.players(PLAYERS, funds=100_000)]
        joins = 0

        for _ in range(ROUNDS):
            load = kill_under_load(server, game, pot_id, users)

            assert len(load.acknowledged) >= PLAYERS
            # The server died while some calls were under way, or the round proved nothing.
            assert load.unknown
            assert_clean(server.db)
            again = {user_id: game.again(user_id) for user_id in users}
            for key, (user_id, answer) in load.acknowledged.items():
                assert again[user_id].join(pot_id, 1, key) == answer
            for entry_id, answer in load.cancelled.items():
                user_id = game.value(
                    "select user_id from public.pot_entries where id = %s", entry_id
                )
                assert again[user_id].call("cancel_entry", entry_id=entry_id) == answer
            for key, user_id in load.unknown.items():
                assert again[user_id].join(pot_id, 1, key)["ticket_count"] == 1
            joins += len(load.acknowledged) + len(load.unknown)
            assert game.value("select count(*) from public.pot_entries") == joins

        assert_clean(server.db)
        game.pass_time(7200)
        game.settle(pot_id)
        assert_clean(server.db)
