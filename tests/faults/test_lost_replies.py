"""The connection breaks around a commit: a retry with the key gets the one answer."""

import contextlib
import time
from typing import Any

import psycopg
import pytest

from tests.support.game import PATIENCE_SECONDS, Caller, Game, Player


def hang_up(game: Game, caller: Caller) -> None:
    """Closes a connection without reading from it, and waits until the server has noticed."""
    pid = caller.pid
    caller.conn.pgconn.finish()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while game.value("select count(*) from pg_stat_activity where pid = %s", pid):
        assert time.monotonic() < deadline, "the server keeps a session whose client is gone"
        time.sleep(0.01)


def call_and_hang_up(
    game: Game, caller: Caller, function: str, *, commit: bool = True, **arguments: Any
) -> Any:
    """Calls within a request whose COMMIT is sent, or not, and whose end the caller never sees."""
    # The request ends on a connection that is closed, which is what it complains of.
    with contextlib.suppress(psycopg.OperationalError), caller.request() as call:
        answer = call(function, **arguments)
        if commit:
            caller.conn.pgconn.send_query(b"commit")
            while caller.conn.pgconn.flush():
                time.sleep(0.001)
        hang_up(game, caller)
    return answer


@pytest.fixture
def player(game: Game) -> Player:
    """A player with 100 credits."""
    return game.player(funds=100)


def test_a_join_whose_reply_is_lost_after_the_commit_is_answered_again(
    game: Game, player: Player
) -> None:
    pot_id = game.pot()
    first = call_and_hang_up(
        game, player, "join_pot", pot_id=pot_id, ticket_count=3, idempotency_key="k"
    )

    again = game.again(player.user_id)
    assert again.join(pot_id, 3, key="k") == first
    assert again.balance() == 70
    assert game.tickets_sold(pot_id) == 3


def test_a_join_whose_connection_breaks_before_the_commit_never_was(
    game: Game, player: Player
) -> None:
    pot_id = game.pot()
    first = call_and_hang_up(
        game,
        player,
        "join_pot",
        commit=False,
        pot_id=pot_id,
        ticket_count=3,
        idempotency_key="k",
    )

    again = game.again(player.user_id)
    assert (again.balance(), game.tickets_sold(pot_id)) == (100, 0)
    assert again.join(pot_id, 3, key="k") != first
    assert (again.balance(), game.tickets_sold(pot_id)) == (70, 3)


def test_a_cancelled_entry_whose_reply_is_lost_is_refunded_once(game: Game, player: Player) -> None:
    pot_id = game.pot()
    entry_id = player.join(pot_id, 3)["entry_id"]
    first = call_and_hang_up(game, player, "cancel_entry", entry_id=entry_id)

    again = game.again(player.user_id)
    assert again.call("cancel_entry", entry_id=entry_id) == first
    assert again.balance() == 100


def test_services_whose_replies_are_lost_get_them_by_calling_again(
    game: Game, player: Player
) -> None:
    pot_id = game.pot(max_tickets=2)
    player.join(pot_id, 2)

    def twice(role: str, function: str, **arguments: Any) -> None:
        first = call_and_hang_up(game, game.caller(role), function, **arguments)
        again = game.caller(role).call(function, **arguments)
        # A lease is new each time it is asked for.
        assert {**again, "lease_until": None} == {**first, "lease_until": None}

    twice("pot_orchestrator", "lock_pot", pot_id=pot_id)
    signature = game.orchestrator_key.sign(b"pots/orchestrator/v1\0" + game.lock_digest(pot_id))
    twice(
        "pot_orchestrator",
        "attest_lock",
        pot_id=pot_id,
        orchestrator_signature=signature.hex(),
    )
    twice("pot_settlement", "claim_settlement", pot_id=pot_id)
    twice(
        "pot_settlement",
        "reveal_pot",
        **game.reveal_arguments(pot_id),
    )
    twice(
        "pot_treasury",
        "grant_credits",
        user_id=str(player.user_id),
        amount=5,
        reason="lost",
        idempotency_key="g",
    )

    assert player.balance() == 105
    assert game.actions(pot_id) == [
        "created",
        "locked",
        "attested",
        "claimed",
        "revealed",
        "settled",
    ]
