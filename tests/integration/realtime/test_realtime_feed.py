"""Where the messages come from: a stream, or notifications where the server does not stream."""

import pytest

from tests.support.database import Database
from tests.support.realtime import JOINED, Live, live_over, wait_for

LOBBY = "realtime:pots:lobby"


def send(db: Database, n: int) -> None:
    """One message of the database's."""
    with db.connect() as conn:
        conn.execute(
            "select realtime.send(jsonb_build_object('n', %s::int), 'e', 'pots:lobby')", [n]
        )


def listeners(db: Database) -> int:
    """Sessions that the compatibility layer notifies."""
    with db.admin() as conn:
        row = conn.execute("select count(*) from realtime.listeners").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.postgres(17, 15)
def test_nobody_is_notified_where_messages_are_streamed(live: Live, db: Database) -> None:
    with live.wire() as wire:
        assert wire.join("pots:lobby") == JOINED
        assert listeners(db) == 0
        send(db, 1)
        assert wire.receive()[4]["payload"]["n"] == 1


def test_a_role_that_may_not_replicate_is_notified(db: Database) -> None:
    with db.admin() as conn:
        conn.execute("alter role postgres noreplication")
    try:
        with live_over(db) as live, live.wire() as wire:
            assert wire.join("pots:lobby") == JOINED
            assert listeners(db) == 1
            for n in range(20):
                send(db, n)
            assert [wire.receive()[4]["payload"]["n"] for _ in range(20)] == list(range(20))
    finally:
        with db.admin() as conn:
            conn.execute("alter role postgres replication")


def test_channels_are_joined_where_nothing_tells_of_messages(db: Database) -> None:
    with db.admin() as conn:
        conn.execute("drop trigger tell_listeners on realtime.messages")
        conn.execute("drop function realtime.listen()")
        conn.execute("alter role postgres noreplication")
    try:
        with live_over(db) as live, live.wire() as wire:
            assert wire.join("pots:lobby") == JOINED
    finally:
        with db.admin() as conn:
            conn.execute("alter role postgres replication")


def test_a_join_waits_for_the_stream(db: Database) -> None:
    """A slot begins when the transactions under way have ended: no join before, and none after
    that would miss a message."""
    with db.connect(autocommit=False) as other:
        other.execute("create temporary table held ()")
        with live_over(db) as live, live.wire() as wire:
            refusal = wire.join("pots:lobby")
            assert refusal["response"]["reason"].startswith("InitializingProjectConnection")
            other.rollback()

            def joins() -> bool:
                answer = wire.join("pots:lobby")
                return bool(answer == JOINED)

            wait_for(joins, "never joined")
            send(db, 1)
            assert wire.receive()[4]["payload"]["n"] == 1
