"""Old keys of joins are forgotten in pieces, and a piece reads what it takes and not all."""

from typing import Any

import psycopg

from tests.support.game import Game

KEYS = 200_000
PIECE = 1000
MOST = 80 * PIECE
"""Rows that a piece may read: ranges of blocks, which is what the index knows, a few times."""

READ = """
select pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid)
from pg_class as c
where c.oid = 'private.idempotency_keys'::regclass
"""


def test_a_piece_of_millions_of_old_keys_reads_a_piece(game: Game) -> None:
    ended, paused = game.pot(), game.pot()
    game.compliance.call("void_pot", pot_id=ended, reason="a test")
    game.compliance.call("pause_pot", pot_id=paused, reason="a test")
    with game.db.admin() as conn:
        # A hundred a second; the oldest is of a pot that has not ended, and stays.
        conn.execute(
            "insert into private.idempotency_keys"
            " (operation, key, subject, request, response, created_at)"
            " select 'join_pot', 'key ' || n, 'somebody',"
            " jsonb_build_object('pot_id', case n when 1 then %s else %s end), '{}',"
            " private.now() + n * interval '10 milliseconds'"
            " from generate_series(1, %s) as n",
            [paused, ended, KEYS],
        )
    with game.db.admin() as conn:
        conn.autocommit = True
        conn.execute("vacuum analyze private.idempotency_keys")
    game.pass_time(60 * 86_400)

    forgotten = 0
    for _ in range(4):
        # In one transaction, whose reads those are.
        with game.db.admin() as conn, conn.transaction():
            before = value(conn, READ)
            row = conn.execute("select private.purge_expired(%s)", [PIECE]).fetchone()
            read = value(conn, READ) - before
        assert row is not None
        assert row[0] == {"keys": PIECE, "network": 0, "evidence": 0, "more": True}
        assert read < MOST
        forgotten += PIECE
        assert kept(game) == KEYS - forgotten
        assert game.value("select min(key) from private.idempotency_keys") == "key 1"
    with game.db.admin() as conn:  # whom no timeout ends
        while value(conn, "select (private.purge_expired(100000) -> 'more')::bool::int"):
            conn.commit()
    assert kept(game) == 1
    game.compliance.call("void_pot", pot_id=paused, reason="a test")
    assert game.service.call("purge_expired", limit_rows=10)["keys"] == 1


def kept(game: Game) -> int:
    count: int = game.value("select count(*) from private.idempotency_keys where key like 'key %%'")
    return count


def value(conn: psycopg.Connection[Any], query: str) -> int:
    row = conn.execute(query).fetchone()
    assert row is not None
    return int(row[0])
