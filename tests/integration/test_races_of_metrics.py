"""Metrics count each event once, whoever rolls up at once, is cut off, or joins meanwhile."""

import threading
from collections.abc import Iterator

import pytest

from tests.support.database import Database
from tests.support.game import Caller, Game, Pending

COUNTS = (
    "select grain, metric, bucket, label, amount from private.metric_counts order by 1, 2, 3, 4"
)
PLAYERS = "select user_id::text, first_pot::text, first_at, returned_at from private.metric_players"


@pytest.fixture
def game(db: Database) -> Iterator[Game]:
    game = Game(db)
    yield game
    game.close()


def test_joins_are_counted_once_by_two_who_roll_up_while_players_join(game: Game) -> None:
    pots = [game.pot(entry_cost=1, max_tickets=1000) for _ in range(3)]
    players = game.players(6, 1000)
    rollers = [game.caller("pot_orchestrator") for _ in range(2)]
    over = threading.Event()

    def roll_up(number: int) -> None:
        while not over.is_set():
            rollers[number].call("roll_up_metrics")

    def play(number: int) -> None:
        for turn in range(20):
            players[number].join(pots[(number + turn // 7) % 3], 1)

    rolling = [Pending(lambda number=number: roll_up(number)) for number in range(2)]  # type: ignore[misc]
    playing = [Pending(lambda number=number: play(number)) for number in range(6)]  # type: ignore[misc]
    for each in playing:
        each.result(120)
    over.set()
    for each in rolling:
        each.result(60)
    roll_up_the_rest(game)
    (joins,) = game.compliance.call("metric_joins", bucket="day", **{"from": None, "to": None})[-1:]
    assert joins["joins"] == 120
    assert_counted_again_the_same(game)


def test_a_roll_up_that_is_cut_off_counts_nothing(game: Game) -> None:
    pot_id = game.pot(entry_cost=1)
    game.player(10).join(pot_id)
    with game.orchestrator.request(commits=False) as call:
        assert call("roll_up_metrics")["rolled_up"] > 0
    assert game.rows(COUNTS) == []
    roll_up_the_rest(game)
    assert_counted_again_the_same(game)


def test_who_finds_another_at_it_waits_for_nobody(game: Game) -> None:
    game.player(10).join(game.pot(entry_cost=1))
    other = game.caller("pot_orchestrator")
    with game.orchestrator.request() as call:
        call("roll_up_metrics")
        call("run_watch")
        assert other.call("roll_up_metrics") is None
        assert other.call("run_watch") is None
    assert other.call("run_watch") is not None


def test_counting_again_waits_for_who_gives_events_their_positions(game: Game) -> None:
    """Or what gets its position meanwhile would be counted, and then come as an event."""
    game.player(10).join(game.pot(entry_cost=1))
    events = game.caller("pot_events")
    with events.request() as call:
        assert call("sequence_events")["sequenced"] > 0
        again = count_again(game, waiting_for=events)
    again.result()
    assert joins(game) == 1
    roll_up_the_rest(game)
    assert joins(game) == 1


def test_counting_again_waits_for_who_rolls_up(game: Game) -> None:
    """Or both would count what is rolled up, and one of them fail."""
    game.player(10).join(game.pot(entry_cost=1))
    events = game.caller("pot_events")
    events.call("sequence_events")
    with game.orchestrator.request() as call:
        # Another has the sequencer, so that this one holds its own mark alone.
        with events.request() as sequence:
            sequence("sequence_events")
            assert call("roll_up_metrics")["rolled_up"] > 0
        again = count_again(game, waiting_for=game.orchestrator)
    again.result()
    assert joins(game) == 1
    roll_up_the_rest(game)
    assert_counted_again_the_same(game)


def count_again(game: Game, waiting_for: Caller) -> Pending:
    """Somebody who counts everything again, once they wait for `waiting_for`."""
    conn = game.db.admin()
    pid = conn.info.backend_pid

    def work() -> None:
        with conn:
            conn.execute("select private.rebuild_metrics()")

    pending = Pending(work)
    game.wait_until_blocked(pid, by=waiting_for)
    return pending


def joins(game: Game) -> int:
    """How many are counted in all."""
    return int(
        game.value(
            "select coalesce(sum(amount), 0) from private.metric_counts"
            " where grain = 'day' and metric = 'joins'"
        )
    )


def roll_up_the_rest(game: Game) -> None:
    # An event of a transaction that ended a moment ago may get its position by the next call.
    while game.orchestrator.call("roll_up_metrics")["rolled_up"]:
        pass


def assert_counted_again_the_same(game: Game) -> None:
    counted, players = game.rows(COUNTS), sorted(game.rows(PLAYERS))
    assert counted
    game.value("select private.rebuild_metrics()::text")
    assert game.rows(COUNTS) == counted
    assert sorted(game.rows(PLAYERS)) == players
