"""Events leave after their commit, once, and those of a pot in the order in which they happened.

With real connections: a transaction that commits late, one that never does, two sequencers, one
that is cut off in between, a copy of the database on another server.
"""

import contextlib
import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any

import psycopg
import pytest

from tests.support.database import Database
from tests.support.game import Caller, Game, Json, Refusal, race, refusals


@pytest.fixture
def events(game: Game) -> Caller:
    """Who forwards events."""
    return game.caller("pot_events")


def read(events: Caller, after: int = 0, **arguments: Any) -> list[Json]:
    """All events after a position, page by page."""
    found: list[Json] = []
    while page := events.call("read_events", after=after, page_size=1000, **arguments):
        found += page
        after = page[-1]["position"]
    return found


def sequenced(events: Caller, after: int = 0) -> list[Json]:
    """All events after a position, once everything that has committed has its own."""
    while events.call("sequence_events")["sequenced"]:
        pass
    return read(events, after)


def last(events: Caller) -> int:
    """The last position there is."""
    return int(events.call("sequence_events")["position"])


def kinds(found: list[Json]) -> list[str]:
    return [event["kind"] for event in found]


def low_water(game: Game) -> int:
    return int(game.value("select low_water from private.event_sequencer"))


def logged(game: Game) -> int:
    """The highest id of an event."""
    return int(game.value("select max(id) from private.events"))


@contextlib.contextmanager
def writing(game: Game, kind: str, pot_id: str | None = None) -> Iterator[psycopg.Connection[Any]]:
    """A transaction that has written an event and not committed."""
    with game.db.admin() as conn, conn.transaction():
        conn.execute("select private.log_event(%s, %s, '{}')", [kind, pot_id])
        yield conn


def test_an_event_that_commits_late_is_not_lost(game: Game, events: Caller) -> None:
    """Its id is lower than those of events that have left long before it commits."""
    player = game.player(funds=1000)
    before = len(sequenced(events))
    with writing(game, "test_slow"):
        first = game.pot()
        for _ in range(3):
            player.join(first)
            assert "test_slow" not in kinds(sequenced(events))
        held_up = low_water(game)
        assert held_up < logged(game)
        for _ in range(3):
            events.call("sequence_events")
        assert low_water(game) == held_up
    player.join(first)
    found = sequenced(events)
    assert kinds(found)[before:] == [
        "pot_created", "pot_joined", "pot_joined", "pot_joined", "test_slow", "pot_joined",
    ]  # fmt: skip
    assert [event["position"] for event in found] == list(range(1, len(found) + 1))
    for _ in range(2):
        events.call("sequence_events")
    assert low_water(game) == logged(game)


def test_the_newest_transaction_of_all_is_waited_for(game: Game, events: Caller) -> None:
    """It has a lower id than what left, and a higher transaction id than any that has ended.

    So it is not below the end of any snapshot (pg_snapshot_xmax), and counts all the same.
    """
    with writing(game, "test_first"):
        pass  # so that both find the pseudonym
    sequenced(events)
    with game.db.admin(autocommit=False) as early:
        early.execute("select pg_current_xact_id()")
        with writing(game, "test_slow"):
            early.execute("select private.log_event('test_fast', null, '{}')")
            early.commit()
            for _ in range(4):
                events.call("sequence_events")
            assert kinds(read(events))[-1] == "test_fast"
            assert low_water(game) < logged(game)
    assert kinds(sequenced(events))[-2:] == ["test_fast", "test_slow"]


def test_what_is_rolled_back_never_leaves(game: Game, events: Caller) -> None:
    pot_id = game.pot()
    player = game.player(funds=100)
    before = last(events)
    with player.request(commits=False) as call:
        call("join_pot", pot_id=pot_id, ticket_count=1)
        sequenced(events)
    assert isinstance(player.join(pot_id, 50), Refusal)
    player.join(pot_id)
    found = sequenced(events, before)
    assert kinds(found) == ["pot_joined"]
    assert found[0]["data"]["ticket_count"] == 1
    for _ in range(2):
        events.call("sequence_events")
    assert low_water(game) == logged(game)


def test_events_of_a_pot_leave_in_the_order_in_which_they_happened(game: Game) -> None:
    """Joins, cancellations and locks race with sequencers; each pot's story stays a story."""
    players = game.players(8, funds=100_000)
    pots = [game.pot(max_tickets=40, max_per_user=40, entry_cost=1) for _ in range(4)]
    sequencers = [game.caller("pot_events") for _ in range(2)]

    def play(number: int) -> list[Any]:
        outcomes: list[Any] = []
        for turn in range(40):
            pot_id = pots[(turn + number) % len(pots)]
            outcomes.append(players[number].join(pot_id))
            if turn % 7 == number % 7 and isinstance(outcomes[-1], dict):
                entry_id = outcomes[-1]["entry_id"]
                outcomes.append(players[number].attempt("cancel_entry", entry_id=entry_id))
        return outcomes

    def lock(orchestrator: Caller, pot_id: str) -> list[Any]:
        while isinstance(outcome := orchestrator.attempt("lock_pot", pot_id=pot_id), Refusal):
            assert outcome.code == "PT409"
        return [outcome]

    def sequence(caller: Caller) -> list[Any]:
        return [caller.call("sequence_events") for _ in range(60)]

    race(
        [
            *(partial(play, number) for number in range(len(players))),
            *(partial(lock, game.caller("pot_orchestrator"), pot_id) for pot_id in pots),
            *(partial(sequence, caller) for caller in sequencers),
        ]
    )

    found = sequenced(sequencers[0])
    assert len({event["event_id"] for event in found}) == len(found)
    assert len(found) == game.value("select count(*) from private.events")
    assert [event["position"] for event in found] == list(range(1, len(found) + 1))
    for pot_id in pots:
        story = [event for event in found if event["pot_id"] == pot_id]
        assert kinds(story)[0] == "pot_created"
        assert kinds(story)[-1] == "pot_locked"
        assert story[-1]["data"]["total_tickets"] == 40
        held: set[str] = set()
        for event in story[1:-1]:
            entry_id = event["data"]["entry_id"]
            if event["kind"] == "pot_joined":
                held.add(entry_id)
            else:
                assert event["kind"] == "pot_entry_cancelled"
                held.remove(entry_id)


def test_sequencers_at_once_give_each_event_one_position(game: Game) -> None:
    callers = [game.caller("pot_events") for _ in range(6)]
    with game.db.admin() as conn:
        conn.execute(
            "select private.log_event('test_many', null, '{}') from generate_series(1, 12000)"
        )

    outcomes = race([partial(caller.attempt, "sequence_events") for caller in callers])

    assert refusals(outcomes) == []
    assert max(answer["sequenced"] for answer in outcomes) == 5000, "a call takes no more"
    found = sequenced(callers[0])
    assert kinds(found).count("test_many") == 12_000
    assert [event["position"] for event in found] == list(range(1, len(found) + 1))
    ids = game.rows("select id from private.event_positions order by position")
    assert ids == sorted(ids)


def test_a_sequencer_cut_off_in_between_leaves_nothing_behind(game: Game, events: Caller) -> None:
    game.pot()
    before = last(events)
    with writing(game, "test_next"):
        pass
    with events.request(commits=False) as call:
        assert call("sequence_events")["sequenced"] == 1
        # Whoever comes meanwhile does not wait, and sees what has a position for good.
        other = game.caller("pot_events")
        assert other.call("sequence_events") == {"sequenced": 0, "position": before}
        assert read(other, before) == []
    assert kinds(sequenced(events, before)) == ["test_next"]


def test_a_copy_on_another_server_goes_on_from_where_it_was(game: Game, events: Caller) -> None:
    """There transaction ids begin again: what the sequencer waited for may be far ahead."""
    game.pot()
    sequenced(events)
    with writing(game, "test_before"):
        pass
    events.call("sequence_events")
    with game.db.admin() as conn:
        conn.execute(
            "update private.event_sequencer set candidate_id = low_water + 1,"
            " candidate_xid = '9000000000000000000'"
        )
    with writing(game, "test_after"):
        pass
    for _ in range(4):
        events.call("sequence_events")
    assert low_water(game) == logged(game)
    assert kinds(read(events))[-2:] == ["test_before", "test_after"]


def test_who_calls_again_in_one_transaction_waits_for_nobody_else(
    game: Game, events: Caller
) -> None:
    """What the first call has to wait for has ended by the second, if nobody else is under way."""
    game.pot()
    with events.request() as call:
        assert call("sequence_events")["sequenced"] > 0
        assert call("sequence_events")["sequenced"] == 0
    assert low_water(game) == logged(game)


def test_who_finds_nothing_new_writes_nothing(game: Game, events: Caller) -> None:
    """Readers ask again and again, which is to cost no transaction id and no row."""
    game.pot()
    for _ in range(3):
        events.call("sequence_events")
    assert low_water(game) == logged(game)
    assert game.value("select candidate_id from private.event_sequencer") is None
    with events.request() as call:
        assert call("sequence_events")["sequenced"] == 0
        row = events.conn.execute("select pg_current_xact_id_if_assigned()").fetchone()
    assert row == (None,)


def test_a_transaction_of_one_snapshot_does_not_sequence(game: Game, events: Caller) -> None:
    events.conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    outcome = events.attempt("sequence_events")
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.token) == ("PT503", "busy")


def test_a_consumer_goes_on_from_what_it_acknowledged(game: Game, events: Caller) -> None:
    pot_id = game.pot()
    player = game.player(funds=100)
    for _ in range(3):
        player.join(pot_id)
    events.call("sequence_events")
    first = events.call("read_events", consumer="mail", page_size=2)
    assert first == events.call("read_events", consumer="mail", page_size=2)

    up_to = first[-1]["position"]
    acknowledged = {"consumer": "mail", "position": up_to}
    assert events.call("ack_events", consumer="mail", up_to=up_to) == acknowledged
    # A second one under the same name that is behind takes nothing back.
    assert events.call("ack_events", consumer="mail", up_to=up_to - 1) == acknowledged
    joins = events.call("read_events", consumer="mail", kinds="{pot_joined,unheard_of}")
    assert [event["kind"] for event in joins] == ["pot_joined"] * 3
    assert joins == read(events, kinds="{pot_joined}")
    later = events.attempt("ack_events", consumer="mail", up_to=last(events) + 1)
    assert isinstance(later, Refusal)
    assert later.details["argument"] == "up_to"
    consumers = {each["consumer"]: each for each in events.call("list_event_consumers")}
    consumer = consumers["mail"]
    assert consumer["position"] == up_to
    assert consumer["waiting"] == last(events) - up_to


def test_all_events_of_a_request_have_its_correlation_id(game: Game, events: Caller) -> None:
    pot_id = game.pot()
    before = last(events)
    game.compliance.call("void_pot", pot_id=pot_id, reason="private words")
    found = sequenced(events, before)
    assert kinds(found) == ["pot_voided", "pot_cancelled"]
    assert len({event["correlation_id"] for event in found}) == 1
    uuid.UUID(found[0]["correlation_id"])
    assert "private words" not in str(found)
    game.orchestrator.headers = {"X-Correlation-Id": "trace 7"}
    before = last(events)
    game.pot()
    assert [event["correlation_id"] for event in sequenced(events, before)] == ["trace 7"]


@pytest.mark.postgres(17, 15)
def test_an_event_says_who_did_it_by_one_pseudonym(db: Database) -> None:
    game = Game(db)
    events = game.caller("pot_events")
    player, other = game.players(2, funds=100)
    first, second = game.pot(), game.pot()
    for pot_id in (first, second):
        player.join(pot_id)
    other.join(second)
    joins = [event for event in sequenced(events) if event["kind"] == "pot_joined"]
    actors = [event["actor"] for event in joins]
    assert actors[0] == actors[1] != actors[2]
    granted = [event for event in read(events) if event["kind"] == "credits_granted"]
    assert [event["data"]["player"] for event in granted] == [actors[0], actors[2]]
    told = str(read(events))
    assert str(player.user_id) not in told
    assert str(other.user_id) not in told
    game.close()
