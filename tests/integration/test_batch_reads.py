"""A batch reads what concerns its players, whatever else there is and the planner takes it for."""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from pypot_cli.bench import bulk
from tests.support.game import Game

TUPLES_READ = (Path(__file__).parent / "tuples_read.sql").read_text(encoding="utf-8")

PLAYERS = 2000
BATCH = 50
MOST = 12 * BATCH
"""Rows of one table, or entries of one index: a few for each join, and not each that there is."""


def test_a_batch_reads_no_more_among_thousands_of_keys_that_the_planner_knows_nothing_of(
    game: Game,
) -> None:
    first = game.pot(entry_cost=1, max_tickets=bulk.tickets(2 * PLAYERS))
    pot_id = game.pot(entry_cost=1, max_tickets=100_000)
    for rule in ("joins_per_day", "credits_per_minute", "accounts_per_ip", "accounts_per_device"):
        game.compliance.call(
            "set_guard_rail", scope="global", scope_id=None, rule=rule, value="1000000",
            reason="so that it is looked at",
        )  # fmt: skip
    with game.db.admin() as conn:
        # Statistics of tables that hold next to nothing, and then no more.
        for table in ("public.pot_entries", "private.transfers", "private.idempotency_keys"):
            conn.execute(f"alter table {table} set (autovacuum_enabled = off)")
        conn.execute("vacuum analyze")
        bulk.prepare(conn)
        bulk.add_players(conn, PLAYERS)
        bulk.fill(conn, UUID(first), 2 * PLAYERS, PLAYERS)

    # Undone: keys of no entry are none that there may be. The first call of a connection plans for
    # what there is; the eighth has the plans that it keeps.
    with game.db.admin() as conn, conn.transaction(force_rollback=True):
        conn.execute(
            "insert into private.idempotency_keys"
            " (operation, key, subject, request, response, created_at)"
            " select 'join_pot', gen_random_uuid(), gen_random_uuid(), '{}', '{}', now()"
            " from generate_series(1, 10000)"
        )
        for number in range(8):
            batch = batch_of(pot_id, number)
            before = Counter(dict(conn.execute(TUPLES_READ).fetchall()))
            row = conn.execute("select public.join_pots(%s)", (json.dumps(batch),)).fetchone()
            read = Counter(dict(conn.execute(TUPLES_READ).fetchall())) - before
            assert row is not None
            assert row[0]["joined"] == BATCH, row
            assert [each for each in read.most_common() if each[1] > MOST] == [], number


def batch_of(pot_id: str, number: int) -> list[dict[str, Any]]:
    """Return joins of BATCH players, others for each number."""
    return [
        {
            "pot_id": pot_id,
            "user_id": str(bulk.player_id(BATCH * number + n)),
            "ticket_count": 1,
            "idempotency_key": str(uuid4()),
            "ip": f"203.0.113.{n}",
            "device": f"device {number} {n}",
        }
        for n in range(BATCH)
    ]
