"""Limits raced: those of a player over many pots, those of an address or a device over accounts."""

import uuid
from functools import partial

import pytest

from tests.support.game import Game, Pending, Refusal, answers, race, refusals

CROWD = 20
ADDRESS = {"cf-connecting-ip": "203.0.113.7"}
DEVICE = {"x-device-id": "a phone"}


def limit(game: Game, rule: str, value: int) -> None:
    """Compliance sets a limit for all."""
    game.compliance.call(
        "set_guard_rail",
        scope="global",
        scope_id=None,
        rule=rule,
        value=str(value),
        reason="a race",
    )


@pytest.mark.parametrize(
    ("rule", "value", "most"),
    [("joins_per_minute", 3, 3), ("joins_per_day", 4, 4), ("credits_per_day", 57, 5)],
)
def test_a_players_limit_raced_over_as_many_pots_is_exact(
    game: Game, rule: str, value: int, most: int
) -> None:
    pots = [game.pot(entry_cost=10) for _ in range(CROWD)]
    limit(game, rule, value)
    user_id = game.player(funds=10_000).user_id
    sessions = [game.again(user_id) for _ in pots]

    outcomes = race([partial(s.join, pot) for s, pot in zip(sessions, pots, strict=True)])

    assert len(answers(outcomes)) == most
    refused = refusals(outcomes, "velocity_exceeded")
    assert len(refused) == CROWD - most
    assert {each.details["limit"] for each in refused} == {rule}
    assert game.again(user_id).balance() == 10_000 - 10 * most
    assert events(game) == CROWD - most


def test_a_players_own_limit_raced_over_as_many_pots_is_exact(game: Game) -> None:
    pots = [game.pot(entry_cost=10) for _ in range(CROWD)]
    player = game.player(funds=10_000)
    player.call("set_play_limits", day=75, week=None, month=None)
    sessions = [game.again(player.user_id) for _ in pots]

    outcomes = race([partial(s.join, pot) for s, pot in zip(sessions, pots, strict=True)])

    assert len(answers(outcomes)) == 7
    assert {each.details["limit"] for each in refusals(outcomes)} == {"play_day"}
    assert player.call("my_play_limits")["limits"]["day"]["left"] == 5


@pytest.mark.parametrize(
    ("rule", "headers"), [("accounts_per_ip", ADDRESS), ("accounts_per_device", DEVICE)]
)
def test_accounts_of_one_place_raced_in_one_pot_are_never_more_than_allowed(
    game: Game, rule: str, headers: dict[str, str]
) -> None:
    pots = [game.pot(max_tickets=1000) for _ in range(2)]
    limit(game, rule, 3)
    players = game.players(CROWD, funds=1000)
    for player in players:
        player.headers = dict(headers)

    for pot_id in pots:
        outcomes = race([partial(p.join, pot_id) for p in players])
        # Whoever was there first of all with a device is let in besides, for it may be theirs.
        besides = 0 if rule == "accounts_per_ip" or pot_id == pots[0] else 1
        assert 3 <= len(answers(outcomes)) <= 3 + besides
        assert {each.token for each in refusals(outcomes)} == {"velocity_exceeded"}
        assert accounts(game, pot_id) == len(answers(outcomes))
    assert game.deadlocks() == 0


def test_both_limits_raced_from_crossed_places_never_deadlock(game: Game) -> None:
    pot_id = game.pot(max_tickets=1000)
    limit(game, "accounts_per_ip", 2)
    limit(game, "accounts_per_device", 2)
    players = game.players(16, funds=1000)
    for number, player in enumerate(players):
        player.headers = {
            "cf-connecting-ip": f"203.0.113.{number % 4}",
            "x-device-id": f"phone {number // 4}",
        }

    outcomes = race([partial(p.join, pot_id) for p in players])

    assert {each.token for each in refusals(outcomes)} <= {"velocity_exceeded"}
    for column in ("ip_hash", "device_hash"):
        assert game.value(
            "select max(c.n) from (select count(distinct user_id) as n from public.pot_entries "
            f"where cancelled_at is null group by {column}) as c"
        ) == (2)
    assert game.deadlocks() == 0


@pytest.mark.parametrize("is_looked_at", [False, True], ids=["at a glance", "looked at"])
@pytest.mark.parametrize(
    ("rule", "place", "other"),
    [
        ("accounts_per_ip", ADDRESS, {"cf-connecting-ip": "203.0.113.8"}),
        ("accounts_per_device", DEVICE, {"x-device-id": "another phone"}),
    ],
)
def test_accounts_of_one_place_wait_for_each_other_and_for_nobody_else(
    game: Game, rule: str, place: dict[str, str], other: dict[str, str], is_looked_at: bool
) -> None:
    pot_id = game.pot(max_tickets=1000)
    limit(game, rule, 1)
    slow, second, elsewhere = game.players(3, funds=100)
    slow.headers, second.headers, elsewhere.headers = dict(place), dict(place), dict(other)
    if is_looked_at:
        # Whoever has a limit of one's own is not let in at a glance.
        second.call("set_play_limits", day=75, week=None, month=None)

    with slow.request() as call:
        call("join_pot", pot_id=pot_id, ticket_count=1)
        pending = Pending(lambda: second.join(pot_id))
        game.wait_until_blocked(second, by=slow)
        with elsewhere.request(("statement_timeout", "2s")) as quick:
            assert "entry_id" in quick("join_pot", pot_id=pot_id, ticket_count=1)

    refused = Refusal("PT429", "velocity_exceeded", {"limit": rule, "left": 0})
    assert pending.result() == refused


def test_a_place_that_a_failed_join_gave_up_goes_to_the_one_that_waited(game: Game) -> None:
    pot_id = game.pot(max_tickets=1000)
    limit(game, "accounts_per_ip", 1)
    slow, second = game.players(2, funds=100)
    slow.headers = second.headers = dict(ADDRESS)

    with slow.request(commits=False) as call:
        call("join_pot", pot_id=pot_id, ticket_count=1)
        pending = Pending(lambda: second.join(pot_id))
        game.wait_until_blocked(second, by=slow)

    assert "entry_id" in pending.result()


@pytest.mark.parametrize("break_first", [True, False])
def test_a_break_and_a_join_at_once_are_one_after_the_other(game: Game, break_first: bool) -> None:
    pot_id = game.pot()
    player = game.player(funds=100)
    other = game.again(player.user_id)

    if break_first:
        with player.request() as call:
            call("self_exclude", days=1)
            pending = Pending(lambda: other.join(pot_id))
            game.wait_until_blocked(other, by=player)
        assert pending.result().details["reason"] == "self_excluded"
    else:
        with player.request() as call:
            call("join_pot", pot_id=pot_id, ticket_count=1)
            pending = Pending(lambda: other.attempt("self_exclude", days=1))
            game.wait_until_blocked(other, by=player)
        assert pending.result()["kind"] == "self_excluded"
        assert game.tickets_sold(pot_id) == 1
    assert refusals([player.join(pot_id)], "account_blocked")


def test_breaks_of_different_lengths_at_once_leave_the_longest(game: Game) -> None:
    player = game.player()
    sessions = [game.again(player.user_id) for _ in range(8)]

    race([partial(s.attempt, "self_exclude", days=n) for n, s in enumerate(sessions, start=1)])

    until = player.call("my_play_limits")["self_excluded_until"]
    longest = game.value(
        "select private.json_time(max(started_at) filter (where ends_at - started_at = "
        "interval '192 hours') + interval '192 hours') from private.play_breaks"
    )
    assert until == longest


def test_a_limit_that_is_set_while_a_join_is_under_way_holds_for_the_next(game: Game) -> None:
    pot_id = game.pot()
    first, second = game.players(2, funds=100)

    with first.request() as call:
        call("join_pot", pot_id=pot_id, ticket_count=1)
        # Nothing that joins hold keeps compliance waiting, nor the other way round.
        limit(game, "joins_per_day", 0)
    assert refusals([second.join(pot_id)], "velocity_exceeded")


def test_limits_that_two_officers_set_at_once_say_what_was_before_truly(game: Game) -> None:
    officers = [game.caller("pot_compliance", {"sub": str(uuid.uuid4())}) for _ in range(8)]

    race(
        [
            partial(
                o.call,
                "set_guard_rail",
                scope="global",
                scope_id=None,
                rule="joins_per_day",
                value=str(n),
                reason="a race",
            )
            for n, o in enumerate(officers, start=1)
        ]
    )

    told = game.rows(
        "select data ->> 'before', data ->> 'after' from private.events "
        "where kind = 'guard_rail_set' order by id"
    )
    # A chain: what each found is what the one before it left.
    assert {before for before, _ in told[1:]} == {after for _, after in told[:-1]}
    assert told[0][0] is None
    assert len(told) == 8


def test_a_rotation_waits_for_a_pot_that_opens_and_destroys_nothing_it_needs(game: Game) -> None:
    player = game.player(funds=100)
    player.headers = dict(ADDRESS)
    (pot_id,) = game.stock(1)

    with game.orchestrator.request() as call:
        call("create_pot", entry_cost=1, max_tickets=10, max_per_user=10, pot_id=pot_id)
        pending = Pending(lambda: game.compliance.call("rotate_pepper", reason="a race"))
        game.wait_until_blocked(game.compliance, by=game.orchestrator)

    assert pending.result()["destroyed"] == []
    assert "entry_id" in player.join(pot_id)


def test_a_pot_that_opens_while_the_pepper_is_rotated_takes_the_new_one(game: Game) -> None:
    """The rotation sees no pot that is being opened, and destroys the pepper that is in use."""
    player = game.player(funds=100)
    player.headers = dict(ADDRESS)
    (pot_id,) = game.stock(1)
    terms = {"entry_cost": 1, "max_tickets": 10, "max_per_user": 10, "pot_id": pot_id}

    with game.compliance.request() as call:
        rotated = call("rotate_pepper", reason="a race", overlap_days=0)
        pending = Pending(lambda: game.orchestrator.call("create_pot", **terms))
        game.wait_until_blocked(game.orchestrator, by=game.compliance)

    assert pending.result()["pot_id"] == pot_id
    assert rotated["destroyed"] == [rotated["retired"]]
    assert "entry_id" in player.join(pot_id)
    assert rotated["pepper_id"] == game.value(
        "select pepper_id from private.pot_states where pot_id = %s", pot_id
    )


def test_a_pepper_that_two_would_destroy_at_once_is_destroyed_once(game: Game) -> None:
    """By a rotation, whose time stands, and by the purge that waited for it."""
    pot_id = game.pot()
    game.compliance.call("rotate_pepper", reason="a race", overlap_days=0)
    game.compliance.call("void_pot", pot_id=pot_id, reason="a race")
    purges = game.caller("pot_compliance", {"sub": str(uuid.uuid4())})

    with game.compliance.request() as call:
        destroyed = call("rotate_pepper", reason="a race", overlap_days=0)["destroyed"]
        pending = Pending(lambda: purges.call("purge_expired"))
        game.wait_until_blocked(purges, by=game.compliance)

    pending.result()
    assert len(destroyed) == 2
    assert game.value(
        "select count(distinct destroyed_at) from private.peppers where destroyed_at is not null"
    ) == 1  # fmt: skip


def accounts(game: Game, pot_id: str) -> int:
    """Players with live tickets in the pot."""
    return int(
        game.value(
            "select count(distinct user_id) from public.pot_entries "
            "where pot_id = %s and cancelled_at is null",
            pot_id,
        )
    )


def events(game: Game) -> int:
    """Refused joins on record."""
    return int(game.value("select count(*) from private.events where kind = 'join_refused'"))
