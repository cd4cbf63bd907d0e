"""Batches beside joins, transitions and each other: what one alone could buy is bought once."""

import itertools
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from tests.support.game import Game, Pending, Player, answers, race


def batch_of(pot_id: str, players: Sequence[Player], ticket_count: int = 1) -> list[dict[str, Any]]:
    return [
        {
            "pot_id": pot_id,
            "user_id": str(player.user_id),
            "ticket_count": ticket_count,
            "ip": f"203.0.113.{number % 7}",
            "device": f"device {number % 5}",
        }
        for number, player in enumerate(players)
    ]


def tokens(outcome: dict[str, Any]) -> list[str]:
    return [each.get("message", "joined") for each in outcome["results"]]


def limit_accounts(game: Game, most: int) -> None:
    for rule in ("accounts_per_ip", "accounts_per_device"):
        game.compliance.call(
            "set_guard_rail",
            scope="global",
            scope_id="",
            rule=rule,
            value=str(most),
            reason="a race",
        )


@pytest.mark.parametrize("max_tickets", [20, 96, 400])
def test_batches_and_joins_for_the_last_tickets_sell_each_once(
    game: Game, max_tickets: int
) -> None:
    """The same players in different orders, in more than one batch and by themselves."""
    pot_id = game.pot(entry_cost=1, max_tickets=max_tickets, max_per_user=max_tickets)
    players = game.players(12, funds=1000)
    servers = [game.caller("service_role") for _ in range(4)]
    limit_accounts(game, 1000)
    orders = [players, players[::-1], players[3:] + players[:3], players * 2]

    def by_batch(number: int) -> list[str]:
        told = []
        for turn in range(3):
            outcome = servers[number].attempt(
                "join_pots", batch=batch_of(pot_id, orders[number], 1 + turn)
            )
            assert isinstance(outcome, dict), outcome
            told += tokens(outcome)
        return told

    def alone(player: Player) -> list[str]:
        outcomes = [player.join(pot_id, 2) for _ in range(3)]
        return ["joined" if answers([each]) else each.token for each in outcomes]

    told = race([partial(by_batch, n) for n in range(4)] + [partial(alone, p) for p in players])

    assert set(itertools.chain(*told)) <= {"joined", "pot_full", "busy"}
    sold = game.tickets_sold(pot_id)
    assert sold == game.escrow(pot_id) <= max_tickets
    # Nothing is left that cannot be bought.
    for _ in range(max_tickets - sold):
        assert answers([players[0].join(pot_id)])
    assert game.deadlocks() == 0


def test_an_address_is_counted_over_batches_at_once(game: Game) -> None:
    pot_id = game.pot(entry_cost=1, max_tickets=1000)
    players = game.players(12, funds=10)
    servers = [game.caller("service_role") for _ in range(6)]
    limit_accounts(game, 1)
    groups = [
        [{**each, "ip": "198.51.100.9", "device": None} for each in batch_of(pot_id, pair)]
        for pair in zip(players[::2], players[1::2], strict=True)
    ]

    told = race(
        [partial(s.call, "join_pots", batch=g) for s, g in zip(servers, groups, strict=True)]
    )

    every = list(itertools.chain(*map(tokens, told)))
    assert sorted(every) == ["joined"] + ["velocity_exceeded"] * 11
    assert game.deadlocks() == 0


def test_one_wallet_pays_for_what_it_holds_however_many_batches_name_it(game: Game) -> None:
    pot_id = game.pot(entry_cost=10, max_tickets=1000)
    player = game.player(funds=30)
    servers = [game.caller("service_role") for _ in range(8)]

    told = race([partial(s.call, "join_pots", batch=batch_of(pot_id, [player])) for s in servers])

    every = list(itertools.chain(*map(tokens, told)))
    assert sorted(every) == ["insufficient_credits"] * 5 + ["joined"] * 3
    assert player.balance() == 0


def test_a_batch_that_waited_for_a_pause_joins_nobody(game: Game) -> None:
    pot_id = game.pot(entry_cost=1, max_tickets=1000)
    players = game.players(5, funds=10)
    server, officer = game.caller("service_role"), game.compliance

    with officer.request() as call:
        call("pause_pot", pot_id=pot_id, reason="a race")
        pending = Pending(lambda: server.call("join_pots", batch=batch_of(pot_id, players)))
        game.wait_until_blocked(server, by=officer)

    assert tokens(pending.result()) == ["pot_paused"] * 5
    assert game.escrow(pot_id) == 0


def test_a_void_waits_for_a_batch_and_refunds_all_of_it(game: Game) -> None:
    pot_id = game.pot(entry_cost=1, max_tickets=1000)
    players = game.players(5, funds=10)
    server, officer = game.caller("service_role"), game.compliance

    with server.request() as call:
        outcome = call("join_pots", batch=batch_of(pot_id, players))
        pending = Pending(lambda: officer.call("void_pot", pot_id=pot_id, reason="a race"))
        game.wait_until_blocked(officer, by=server)

    assert outcome["joined"] == 5
    assert pending.result()["status"] == "cancelled"
    assert [player.balance() for player in players] == [10] * 5
