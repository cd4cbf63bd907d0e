"""A handle that is chosen twice at once is chosen once, and has one owner."""

import pytest

from tests.support.game import Game, Pending, Refusal


@pytest.mark.parametrize("before", [None, "Before"])
def test_one_choice_that_is_sent_twice_at_once_is_one_event(game: Game, before: str | None) -> None:
    player = game.player()
    again = game.again(player.user_id)
    # What anybody does first makes their pseudonym, for which the second would wait otherwise.
    player.call("set_my_handle", handle="Earlier")
    player.call("set_my_handle", handle=before)
    chosen = "select count(*) from private.events where kind = 'player_handle_set'"
    earlier = game.value(chosen)

    with player.request() as call:
        call("set_my_handle", handle="After")
        pending = Pending(lambda: again.call("set_my_handle", handle="After"))
        game.wait_until_blocked(again, by=player)

    assert pending.result() == {"handle": "After"}
    assert game.value(chosen) == earlier + 1


def test_of_two_who_choose_one_handle_at_once_the_second_comes_too_late(game: Game) -> None:
    first, second = game.players(2)

    with first.request() as call:
        call("set_my_handle", handle="Wanted")
        pending = Pending(lambda: second.call("set_my_handle", handle="Wanted"))
        game.wait_until_blocked(second, by=first)

    outcome = pending.result()
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.token) == ("PT503", "busy")
    outcome = second.attempt("set_my_handle", handle="Wanted")
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.token) == ("PT422", "invalid_argument")
    assert game.rows("select user_id from private.player_handles") == [(first.user_id,)]
