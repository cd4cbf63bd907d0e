"""Batches beside joins, transitions and each other: what one alone could buy is bought once."""

import itertools
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from tests.support.game import Game, Pending, Player, Refusal, answers, race


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


@pytest.mark.parametrize("shared", ["ip", "device"])
def test_an_address_or_a_device_is_counted_over_batches_at_once(game: Game, shared: str) -> None:
    pot_id = game.pot(entry_cost=1, max_tickets=1000)
    players = game.players(12, funds=10)
    servers = [game.caller("service_role") for _ in range(6)]
    limit_accounts(game, 1)
    groups = [
        [
            {**each, "ip": None, "device": None, shared: "198.51.100.9"}
            for each in batch_of(pot_id, pair)
        ]
        for pair in zip(players[::2], players[1::2], strict=True)
    ]

    told = race(
        [partial(s.call, "join_pots", batch=g) for s, g in zip(servers, groups, strict=True)]
    )

    every = list(itertools.chain(*map(tokens, told)))
    assert sorted(every) == ["joined"] + ["velocity_exceeded"] * 11
    assert game.deadlocks() == 0


def test_batches_of_players_with_limits_of_their_own_take_turns(game: Game) -> None:
    """Such a player's join goes by itself; two batches meet each other's addresses in turn."""
    pot_id = game.pot(entry_cost=1, max_tickets=1000)
    players = game.players(40, funds=10)
    for player in players:
        game.compliance.call(
            "set_guard_rail",
            scope="user",
            scope_id=str(player.user_id),
            rule="accounts_per_ip",
            value="1000",
            reason="a race",
        )
    servers = [game.caller("service_role") for _ in range(2)]
    addresses = [f"198.51.100.{number}" for number in range(20)]
    groups = [
        [
            {**each, "ip": address, "device": None}
            for each, address in zip(batch_of(pot_id, group), order, strict=True)
        ]
        for group, order in ((players[:20], addresses), (players[20:], addresses[::-1]))
    ]

    told = race(
        [partial(s.attempt, "join_pots", batch=g) for s, g in zip(servers, groups, strict=True)]
    )

    assert [tokens(outcome) for outcome in told] == [["joined"] * 20] * 2
    assert game.deadlocks() == 0


def test_a_key_that_another_uses_meanwhile_is_busy_and_then_used(game: Game) -> None:
    pot_id = game.pot(entry_cost=1)
    one, other = game.players(2, funds=10)
    server = game.caller("service_role")
    batch = [{**each, "idempotency_key": "the key"} for each in batch_of(pot_id, [other])]

    with one.request() as call:
        call("join_pot", pot_id=pot_id, ticket_count=1, idempotency_key="the key")
        pending = Pending(lambda: server.attempt("join_pots", batch=batch))
        game.wait_until_blocked(server, by=one)

    assert pending.result() == Refusal("PT503", "busy")
    assert tokens(server.call("join_pots", batch=batch)) == ["idempotency_key_reused"]
    assert other.balance() == 10


def known_before_a_rotation(game: Game, addresses: Sequence[str]) -> str:
    """Somebody joins from each address; the pot that is returned opens on the next pepper."""
    before = game.pot(entry_cost=1, max_tickets=1000)
    for player, address in zip(game.players(len(addresses), funds=1), addresses, strict=True):
        player.headers = {"cf-connecting-ip": address}
        assert answers([player.join(before)])
    game.compliance.call("rotate_pepper", reason="each quarter")
    return game.pot(entry_cost=1, max_tickets=1000)


def test_batches_that_know_addresses_again_take_turns(game: Game) -> None:
    """Both link the same addresses to the hashes of before a rotation, in opposite orders.

    A join has the one in the middle, so that each has what comes first to it when they meet.
    """
    addresses = [f"198.51.100.{number}" for number in range(9)]
    pot_id = known_before_a_rotation(game, addresses)
    players = game.players(18, funds=10)
    middle = game.player(funds=10)
    middle.headers = {"cf-connecting-ip": addresses[4]}
    servers = [game.caller("service_role") for _ in range(2)]
    groups = [
        [
            {**each, "ip": address, "device": None}
            for each, address in zip(batch_of(pot_id, group), order, strict=True)
        ]
        for group, order in ((players[:9], addresses), (players[9:], addresses[::-1]))
    ]

    with middle.request() as call:
        call("join_pot", pot_id=pot_id, ticket_count=1)
        pending = [
            Pending(partial(s.attempt, "join_pots", batch=g))
            for s, g in zip(servers, groups, strict=True)
        ]
        for server in servers:
            game.wait_until_blocked(server)

    assert [tokens(each.result()) for each in pending] == [["joined"] * 9] * 2
    assert game.deadlocks() == 0


def test_a_join_links_its_address_once_it_has_its_wallet(game: Game) -> None:
    """Before that, a batch that has the wallet would wait for the link, and the join for it."""
    pot_id = known_before_a_rotation(game, ["198.51.100.1"])
    player = game.player(funds=10)
    first, second = (game.again(player.user_id) for _ in range(2))
    second.headers = {"cf-connecting-ip": "198.51.100.1"}
    server = game.caller("service_role")
    batch = [{**batch_of(pot_id, [player])[0], "ip": "198.51.100.1", "device": None}]

    with first.request() as call:
        call("join_pot", pot_id=pot_id, ticket_count=1)
        batched = Pending(lambda: server.attempt("join_pots", batch=batch))
        game.wait_until_blocked(server, by=first)
        alone = Pending(lambda: second.join(pot_id))
        game.wait_until_blocked(second)

    assert tokens(batched.result()) == ["joined"]
    assert answers([alone.result()])
    assert game.deadlocks() == 0


def test_one_wallet_pays_for_what_it_holds_however_many_batches_name_it(game: Game) -> None:
    pot_id = game.pot(entry_cost=10, max_tickets=1000)
    player = game.player(funds=30)
    servers = [game.caller("service_role") for _ in range(8)]

    told = race([partial(s.call, "join_pots", batch=batch_of(pot_id, [player])) for s in servers])

    every = list(itertools.chain(*map(tokens, told)))
    assert sorted(every) == ["insufficient_credits"] * 5 + ["joined"] * 3
    assert player.balance() == 0


def test_a_batch_for_the_last_tickets_holds_every_counter_before_it_takes_any(game: Game) -> None:
    """Else its later joins might wait for one counter while they hold another."""
    pot_id = game.pot(entry_cost=1, max_tickets=64)
    players = game.players(33, funds=10)
    server = game.caller("service_role")
    free = (
        "with free as (select from private.pot_stripes where pot_id = %s for update skip locked)"
        " select count(*) from free"
    )

    with server.request() as call:
        assert call("join_pots", batch=batch_of(pot_id, players[:1]))["joined"] == 1
        counters = game.value("select count(*) from private.pot_stripes where pot_id = %s", pot_id)
        assert game.value(free, pot_id) == counters - 1
    with server.request() as call:
        assert call("join_pots", batch=batch_of(pot_id, players[1:]))["joined"] == 32
        assert game.value(free, pot_id) == 0


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
