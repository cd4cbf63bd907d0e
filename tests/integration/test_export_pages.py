"""A page of an export is what it was, and goes through the pot once, wherever in it the page is."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from pypot_cli.bench import bulk
from tests.support.game import Game

PLAYERS = 400
ENTRIES = 5 * PLAYERS
PAGE = 100
PARTS = ("entries", "ledger")
ROWS_A_ROW = 40
"""Rows of all steps together that a row of a page may take besides the one look at the pot."""


class Exported:
    """A pot of many entries whose export has begun, in a database that the planner knows not."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.pot_id = UUID(game.pot(entry_cost=1, max_tickets=bulk.tickets(ENTRIES)))
        with game.db.admin() as conn:
            # No statistics at all, as after a restore.
            conn.execute("delete from pg_statistic")
            for (table,) in conn.execute(
                "select oid::regclass::text from pg_class where relkind = 'r' and"
                " relnamespace::regnamespace::text in ('public', 'private')"
            ).fetchall():
                conn.execute(f"alter table {table} set (autovacuum_enabled = off)")
            bulk.prepare(conn)
            bulk.add_players(conn, PLAYERS)
            bulk.fill(conn, self.pot_id, ENTRIES, PLAYERS)

    def begin(self, identified: bool = False) -> str:
        answer = self.game.compliance.call(
            "export_pot", pot_id=self.pot_id, reason="asked for", identified=identified
        )
        export_id: str = answer["export_id"]
        return export_id

    def pages(self, export_id: str, part: str, size: int) -> Iterator[dict[str, Any]]:
        after = None
        while True:
            page = self.game.compliance.call(
                "read_export", export_id=export_id, part=part, after=after, page_size=size
            )
            yield page
            after = page["next"]
            if after is None:
                return

    def rows(self, export_id: str, part: str, size: int) -> list[dict[str, Any]]:
        return [row for page in self.pages(export_id, part, size) for row in page["rows"]]


@pytest.fixture
def exported(game: Game) -> Exported:
    """The pot."""
    return Exported(game)


@pytest.mark.parametrize("identified", [False, True])
def test_every_size_of_page_tells_the_same(exported: Exported, identified: bool) -> None:
    export_id = exported.begin(identified)
    for part in PARTS:
        whole = exported.rows(export_id, part, 10_000)
        assert len(whole) == ENTRIES
        assert exported.rows(export_id, part, 333) == whole


def test_names_are_numbers_by_first_use(exported: Exported) -> None:
    kept = exported.game.rows(
        "select id::text, user_id, ip_hash, device_hash from pot_entries where pot_id = %s"
        " order by seq", exported.pot_id,
    )  # fmt: skip
    names: list[dict[Any, str]] = [{}, {}, {}]
    wanted = []
    for entry_id, *used in kept:
        called = [
            known.setdefault(value, f"{what}-{len(known) + 1}")
            for known, what, value in zip(
                names, ("account", "address", "device"), used, strict=True
            )
        ]
        wanted.append([entry_id, *called])
    accounts, addresses, devices = (len(known) for known in names)
    assert accounts == PLAYERS > addresses
    assert devices < PLAYERS
    export_id = exported.begin()
    entries = exported.rows(export_id, "entries", 333)
    told = [[row[name] for name in ("entry_id", "player", "address", "device")] for row in entries]
    assert told == wanted
    players = {entry_id: player for entry_id, player, *_ in wanted}
    for row in exported.rows(export_id, "ledger", 333):
        assert [side["account"] for side in row["sides"]] == [players[row["entry_id"]], "escrow"]


@pytest.mark.parametrize("part", PARTS)
def test_no_page_does_more_than_the_first(exported: Exported, part: str) -> None:
    export_id = exported.begin()
    after = ["0", *(page["next"] for page in exported.pages(export_id, part, PAGE))]
    with exported.game.db.admin() as conn:
        first, middle, last = (
            work(conn, export_id, part, after[number], PAGE) for number in (0, 9, 18)
        )
        larger = work(conn, export_id, part, after[0], 2 * PAGE)
    assert max(middle, last) < 1.05 * first
    # No row of a page is compared with all of the pot.
    assert larger - first < ROWS_A_ROW * PAGE
    assert first < 20 * ENTRIES


def work(conn: psycopg.Connection[Any], export_id: str, part: str, after: str, size: int) -> int:
    """Return how many rows all steps of all plans of a page go through, the dropped ones too."""
    plans: list[dict[str, Any]] = []

    def hear(diagnostic: psycopg.errors.Diagnostic) -> None:
        _, _, plan = (diagnostic.message_primary or "").partition("plan:\n")
        if plan:
            plans.append(json.loads(plan)["Plan"])

    conn.execute("load 'auto_explain'")
    for name, value in (
        ("log_min_duration", "0"), ("log_nested_statements", "on"), ("log_analyze", "on"),
        ("log_timing", "off"), ("log_format", "json"), ("log_level", "notice"),
    ):  # fmt: skip
        conn.execute(f"set auto_explain.{name} = {value}")
    conn.add_notice_handler(hear)
    try:
        row = conn.execute(
            "select count(*) from private.exports as x"
            " cross join lateral private.export_rows(x, %s, %s, %s) where x.export_id = %s",
            (part, after, size, export_id),
        ).fetchone()
    finally:
        conn.remove_notice_handler(hear)
    assert row == (size,)
    assert len(plans) > 2
    return sum(map(gone_through, plans))


def gone_through(node: dict[str, Any]) -> int:
    """Return the rows that a node and those below it gave or dropped, over all its loops."""
    dropped: float = sum(
        count for name, count in node.items() if name.startswith("Rows Removed by")
    )
    here: int = round(node["Actual Loops"] * (node["Actual Rows"] + dropped))
    return here + sum(map(gone_through, node.get("Plans", ())))
