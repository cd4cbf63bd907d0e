"""What the harness of failover counts, on a single server that is killed and comes back."""

from collections.abc import Mapping

from tests.assurance.failover import Alone, Load
from tests.support.lived import Game
from tests.support.own_server import own_server

EARLY = {"synchronous_commit": "off", "wal_writer_delay": "10s"}


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
            load = Load(game, Alone(server), pot_id)
            with load.running(users, None):
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
