"""Many want what is there once: tickets, credits, a player's share, an idempotency key."""

import uuid
from functools import partial

import psycopg
import pytest

from tests.support.game import (
    Game,
    Pending,
    Player,
    Refusal,
    answers,
    race,
    refusal_or,
    refusals,
)

CROWD = 50


def test_one_wallet_with_funds_for_one_pays_for_one_of_many_joins(game: Game) -> None:
    pot_id = game.pot(entry_cost=10, max_tickets=1000)
    player = game.player(funds=10)
    sessions = [game.again(player.user_id) for _ in range(CROWD)]

    outcomes = race([partial(s.join, pot_id) for s in sessions])

    assert len(answers(outcomes)) == 1
    assert len(refusals(outcomes, "insufficient_credits")) == CROWD - 1
    assert player.balance() == 0
    assert game.escrow(pot_id) == 10


def test_one_ticket_left_is_sold_to_one_of_many_players(game: Game) -> None:
    pot_id = game.pot(entry_cost=10, max_tickets=20)
    assert game.player(funds=1000).join(pot_id, 19)["tickets_sold"] == 19
    players = game.players(CROWD, funds=100)

    outcomes = race([partial(p.join, pot_id) for p in players])

    assert len(answers(outcomes)) == 1
    assert len(refusals(outcomes, "pot_full")) == CROWD - 1
    assert game.tickets_sold(pot_id) == 20
    assert sorted(p.balance() for p in players) == [90] + [100] * (CROWD - 1)


@pytest.mark.parametrize("max_tickets", [7, 64, 257])
def test_lots_of_mixed_sizes_never_oversell_and_leave_no_ticket_that_nobody_can_buy(
    game: Game, max_tickets: int
) -> None:
    """The quotas of 1, 8 and 32 stripes have to be moved about to sell the last tickets."""
    pot_id = game.pot(entry_cost=1, max_tickets=max_tickets)
    players = game.players(24, funds=1000)
    lots = [1, 2, 3, 5, 8, 13]

    def buy(player: Player, first: int) -> list[object]:
        return [player.join(pot_id, lots[(first + turn) % len(lots)]) for turn in range(4)]

    outcomes = race([partial(buy, player, n) for n, player in enumerate(players)])

    refused = refusals([outcome for one in outcomes for outcome in one])
    assert {refusal.token for refusal in refused} <= {"pot_full", "ticket_cap_exceeded"}
    sold = game.tickets_sold(pot_id)
    assert sold <= max_tickets
    for _ in range(max_tickets - sold):
        assert not isinstance(players[0].join(pot_id), Refusal)
    assert players[0].join(pot_id) == Refusal("PT409", "pot_full", {"left": 0})
    assert game.tickets_sold(pot_id) == max_tickets
    assert game.escrow(pot_id) == max_tickets
    assert game.deadlocks() == 0


def test_who_tries_for_tickets_waits_for_none_for_long(game: Game) -> None:
    """A table's lock stands for the wait that SKIP LOCKED may take (docs/decisions/0250)."""
    pot_id = game.pot(entry_cost=1, max_tickets=64)
    with game.db.admin() as writer, game.db.admin() as batch:
        batch.execute("set statement_timeout = '1s'")
        with writer.transaction():
            writer.execute("lock table private.pot_stripes")

            def take() -> None:
                batch.execute("select private.take_tickets(%s, 3, 1)", (pot_id,))

            batch.execute("set pots.keeps_stripes = 'on'")
            assert refusal_or(take) == Refusal("PT503", "busy")
            batch.execute("reset pots.keeps_stripes")
            # Else it sweeps, and a sweep waits for as long as it takes.
            with pytest.raises(psycopg.errors.QueryCanceled):
                take()
    assert game.tickets_sold(pot_id) == 0


def test_quotas_spread_over_every_stripe_still_sell_as_one_lot(game: Game) -> None:
    pot_id = game.pot(entry_cost=1, max_tickets=320)
    first, second = game.players(2, funds=1000)
    entries = [first.join(pot_id, 1)["entry_id"] for _ in range(20)]
    for entry_id in entries[::2]:
        first.call("cancel_entry", entry_id=entry_id)

    assert second.join(pot_id, 310)["tickets_sold"] == 320

    assert second.join(pot_id, 1) == Refusal("PT409", "pot_full", {"left": 0})


def test_who_finds_enough_in_what_is_free_waits_for_no_other(game: Game) -> None:
    pot_id = game.pot(entry_cost=1, max_tickets=64)
    of_a_stripe = game.value(
        "select distinct quota from private.pot_stripes where pot_id = %s",
        pot_id,
    )
    one, all_the_rest = game.players(2, funds=100)
    with one.request() as call:
        assert call("join_pot", pot_id=pot_id, ticket_count=1)["tickets_sold"] == 1
        # One stripe is in the first player's hands; the others have just what is asked for.
        answer = Pending(lambda: all_the_rest.join(pot_id, 64 - of_a_stripe)).result()
        assert not isinstance(answer, Refusal), answer
    assert game.tickets_sold(pot_id) == 65 - of_a_stripe


def test_the_cap_of_a_player_holds_against_many_connections(game: Game) -> None:
    pot_id = game.pot(entry_cost=1, max_tickets=1000, max_per_user=7)
    player = game.player(funds=1000)
    sessions = [game.again(player.user_id) for _ in range(20)]

    outcomes = race([partial(s.join, pot_id, 2) for s in sessions])

    assert len(answers(outcomes)) == 3
    assert len(refusals(outcomes, "ticket_cap_exceeded")) == 17
    assert game.tickets_sold(pot_id) == 6


def test_joins_with_one_key_make_one_entry_and_get_one_answer(game: Game) -> None:
    pot_id = game.pot(entry_cost=10)
    player = game.player(funds=1000)
    sessions = [game.again(player.user_id) for _ in range(20)]

    outcomes = race([partial(s.join, pot_id, 3, key="the same") for s in sessions])

    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert outcomes[0]["balance"] == player.balance() == 970
    assert game.value("select count(*) from public.pot_entries where pot_id = %s", pot_id) == 1


def test_a_key_taken_by_another_player_at_once_is_refused_and_costs_nothing(game: Game) -> None:
    pot_id = game.pot(entry_cost=10)
    first, second = game.players(2, funds=100)

    with first.request() as call:
        answer = call("join_pot", pot_id=pot_id, ticket_count=1, idempotency_key="k")
        pending = Pending(
            lambda: second.call("join_pot", pot_id=pot_id, ticket_count=1, idempotency_key="k")
        )
        game.wait_until_blocked(second, by=first)

    assert pending.result() == Refusal("PT409", "idempotency_key_reused")
    assert first.join(pot_id, 1, key="k") == answer
    assert (first.balance(), second.balance()) == (90, 100)
    assert game.tickets_sold(pot_id) == 1


def test_a_key_whose_first_call_fails_is_free_for_the_one_that_waited(game: Game) -> None:
    pot_id = game.pot(entry_cost=10)
    first, second = game.players(2, funds=100)

    with first.request(commits=False) as call:
        call("join_pot", pot_id=pot_id, ticket_count=1, idempotency_key="k")
        pending = Pending(
            lambda: second.call("join_pot", pot_id=pot_id, ticket_count=1, idempotency_key="k")
        )
        game.wait_until_blocked(second, by=first)

    assert pending.result()["balance"] == 90
    assert first.balance() == 100


def test_one_key_for_two_different_requests_at_once_serves_one(game: Game) -> None:
    pot_id = game.pot(entry_cost=10)
    player = game.player(funds=1000)
    sessions = [game.again(player.user_id) for _ in range(10)]

    outcomes = race([partial(s.join, pot_id, n, key="k") for n, s in enumerate(sessions, start=1)])

    (answer,) = answers(outcomes)
    assert len(refusals(outcomes, "idempotency_key_reused")) == 9
    assert player.balance() == answer["balance"] == 1000 - 10 * answer["ticket_count"]


def test_grants_at_once_all_arrive_and_those_with_one_key_arrive_once(game: Game) -> None:
    user_id = game.player().user_id
    treasurers = [game.caller("pot_treasury") for _ in range(20)]

    def grant(number: int, key: str) -> object:
        return treasurers[number].attempt(
            "grant_credits", user_id=user_id, amount=5, reason="race", idempotency_key=key
        )

    apart = race([partial(grant, n, f"own {n}") for n in range(20)])
    together = race([partial(grant, n, "shared") for n in range(20)])

    assert sorted(answer["balance"] for answer in apart) == list(range(5, 105, 5))
    assert all(answer == together[0] for answer in together)
    assert together[0]["balance"] == game.again(user_id).balance() == 105


def test_grants_with_one_key_to_two_users_at_once_serve_one(game: Game) -> None:
    users = [player.user_id for player in game.players(10)]
    treasurers = [game.caller("pot_treasury") for _ in users]

    outcomes = race(
        [
            partial(
                t.attempt, "grant_credits", user_id=u, amount=5, reason="race", idempotency_key="k"
            )
            for t, u in zip(treasurers, users, strict=True)
        ]
    )

    assert len(answers(outcomes)) == 1
    assert len(refusals(outcomes, "idempotency_key_reused")) == 9
    assert game.value("select sum(balance) from private.wallets") == 5


def test_a_grant_waits_for_one_of_its_key_and_is_refused(game: Game) -> None:
    one, two = game.players(2, funds=1)
    other = game.caller("pot_treasury")
    with game.treasury.request() as call:
        call("grant_credits", user_id=one.user_id, amount=5, reason="race", idempotency_key="k")
        pending = Pending(
            lambda: other.call(
                "grant_credits", user_id=two.user_id, amount=5, reason="race", idempotency_key="k"
            )
        )
        game.wait_until_blocked(other, by=game.treasury)
    assert pending.result() == Refusal("PT409", "idempotency_key_reused")
    assert (one.balance(), two.balance()) == (6, 1)


def test_the_first_grants_of_a_user_at_once_make_one_wallet(game: Game) -> None:
    user_id = game.player().user_id
    treasurers = [game.caller("pot_treasury") for _ in range(20)]

    outcomes = race(
        [
            partial(
                t.call,
                "grant_credits",
                user_id=user_id,
                amount=1,
                reason="first",
                idempotency_key=str(uuid.uuid4()),
            )
            for t in treasurers
        ]
    )

    assert refusals(outcomes) == []
    assert game.rows("select balance, version from private.wallets") == [(20, 20)]


def test_an_entry_cancelled_many_times_at_once_is_refunded_once(game: Game) -> None:
    pot_id = game.pot(entry_cost=10)
    player = game.player(funds=100)
    entry_id = player.join(pot_id, 4)["entry_id"]
    sessions = [game.again(player.user_id) for _ in range(20)]

    outcomes = race([partial(s.attempt, "cancel_entry", entry_id=entry_id) for s in sessions])

    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert outcomes[0]["balance"] == player.balance() == 100
    assert game.escrow(pot_id) == 0
    assert game.tickets_sold(pot_id) == 0
