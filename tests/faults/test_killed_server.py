"""The server is killed under load: what was acknowledged is there, and nothing is half there.

`pypot assure --only crashes` does the same two hundred times.
"""

import contextlib

from tests.assurance.crashes import PLAYERS, Crashes
from tests.support.own_server import own_server

ROUNDS = 3


def test_every_acknowledged_join_survives_a_kill_and_none_is_half_there() -> None:
    with own_server() as server, contextlib.closing(Crashes(server)) as crashes:
        for _ in range(ROUNDS):
            before = crashes.tally.unknown
            crashes.round()
            # The server died while some calls were under way, or the round proved nothing.
            assert crashes.tally.unknown > before
            assert crashes.check() == []
        crashes.settle()
        assert crashes.check() == []
    tally = crashes.tally
    assert tally.acknowledged >= ROUNDS * PLAYERS
    assert (tally.missing, tally.duplicated, tally.drift) == (0, 0, 0)


def test_a_server_that_acknowledges_early_fails_it() -> None:
    early = {"synchronous_commit": "off", "wal_writer_delay": "10s"}
    with own_server(early) as server, contextlib.closing(Crashes(server)) as crashes:
        with server.db.admin() as conn:
            conn.execute("checkpoint")
        crashes.round()
    assert crashes.tally.missing > 0
