"""What the harness of failover counts, on a single server that is killed and comes back."""

from collections.abc import Mapping
from typing import cast

from tests.assurance.failover import Load
from tests.support.lived import Game
from tests.support.own_server import OwnServer, own_server
from tests.support.patroni import Fleet, Node

EARLY = {"synchronous_commit": "off", "wal_writer_delay": "10s"}


class Alone:
    """One server where the harness has three."""

    def __init__(self, server: OwnServer) -> None:
        # Told beforehand: a server that is down cannot be asked for its port.
        self._url, self._inside = server.db.url(), server.db.url("authenticator")

    def url(self) -> str:
        """Where everybody is."""
        return self._url

    def inside(self, _node: Node) -> str:
        """The same, for those beside it."""
        return self._inside


def killed_once(settings: Mapping[str, str]) -> tuple[Load, int, int]:
    """The load, how many acknowledged joins are missing, and how many entries are too many."""
    with own_server(settings) as server:
        game = Game(server.db)
        with game.api:
            game.settlement.round()
            users = game.users(4, balance=1_000_000)
            pot_id = game.pot(
                entry_cost=1, max_tickets=1_000_000, max_per_user=1_000_000, fill_seconds=3600
            )
            with server.db.admin() as conn:
                conn.execute("checkpoint")
            load = Load(game, cast("Fleet", Alone(server)), pot_id)
            with load.running(users, cast("Node", None)):
                while len(load.acknowledged) < 3 * len(users):
                    load.over.wait(0.05)
                server.kill()
                server.restart()
            game.api.close()
            missing, unknown = load.missing(), len(load.unknown)
            load.ask_again()
            return load, missing, load.entries() - len(load.acknowledged) - unknown


def test_what_was_acknowledged_is_there_and_what_was_not_is_done_once() -> None:
    load, missing, twice = killed_once({})
    assert load.unknown
    assert (missing, twice) == (0, 0)


def test_a_server_that_acknowledges_early_fails_it() -> None:
    _, missing, twice = killed_once(EARLY)
    assert missing > 0
    assert twice == -missing
