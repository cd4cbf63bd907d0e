"""Each service level of docs/operations.md is measured by the query beside it."""

import re
from collections.abc import Iterator

import pytest

from pypot_cli.config import ROOT
from pypot_cli.db.request import api_request
from tests.support.database import Database
from tests.support.game import Game

SECTION = (ROOT / "docs/operations.md").read_text().partition("## Service levels\n")[2]
QUERIES = re.findall(r"^\| [^|]+ \| `(select [^`]+)` \|$", SECTION.partition("\n## ")[0], re.M)


@pytest.fixture
def game(db: Database) -> Iterator[Game]:
    game = Game(db)
    yield game
    game.close()


def test_every_promise_holds_of_a_database_in_order_and_its_query_says_so(game: Game) -> None:
    assert len(QUERIES) == 6
    pot_id = game.pot(entry_cost=10, max_tickets=4)
    for player in game.players(2, 100):
        player.join(pot_id, 2)
    game.settle(pot_id)
    while game.orchestrator.call("roll_up_metrics")["more"]:
        pass
    answers = [measured(game, query) for query in QUERIES]
    assert answers[0] == 1
    assert answers[1:] == [True] * 5


def test_promises_that_are_broken_are_seen(game: Game) -> None:
    # A quarter of an hour ago: a pot of one ticket that is voided once locked, and no stock.
    game.pass_time(-16 * 60)
    pot_id = game.pot(entry_cost=10, max_tickets=1)
    game.player(10).join(pot_id)
    game.lock(pot_id)
    game.compliance.call("void_pot", pot_id=pot_id, reason="a test")
    game.orchestrator.call("rotate_pots")
    (aborts,) = [query for query in QUERIES if "metric_aborts" in query]
    (alerts,) = [query for query in QUERIES if "unacknowledged" in query]
    assert measured(game, aborts) is None
    while game.orchestrator.call("roll_up_metrics")["more"]:
        pass
    game.pass_time(0)
    assert measured(game, aborts) is False
    assert measured(game, alerts) is False
    # However many are opened after it.
    with game.db.admin() as conn:
        conn.execute(
            "select private.raise_alert('duplicate_devices', gen_random_uuid(), '{}')"
            " from generate_series(1, 120)"
        )
    assert measured(game, alerts) is False
    alert = game.value("select alert_id from private.alerts where kind = 'low_stock'")
    game.compliance.call("ack_alert", alert_id=str(alert), reason="on my way")
    assert measured(game, alerts) is True


def measured(game: Game, query: str) -> object:
    with api_request(game.compliance.conn, "pot_compliance", game.compliance.claims) as conn:
        row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]
