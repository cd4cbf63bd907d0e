"""A wallet's entries are dated in the order of its versions, whatever a transfer waited for."""

from tests.support.game import Game, Pending


def test_a_refund_that_waited_is_dated_after_what_happened_meanwhile(game: Game) -> None:
    voided, other = game.pot(), game.pot()
    first, second = sorted(game.players(2, funds=100), key=lambda player: player.user_id)
    first.join(voided)
    second.join(voided)

    with first.request() as call:
        call("join_pot", pot_id=other, ticket_count=1)
        void = Pending(
            lambda: game.compliance.call("void_pot", pot_id=voided, reason="look into it")
        )
        game.wait_until_blocked(game.compliance, by=first)
        second.join(other)
    assert void.result()["status"] == "cancelled"

    dates = game.rows(
        "select t.created_at from private.ledger_entries as e "
        "inner join private.transfers as t on e.transfer_id = t.id "
        "inner join private.wallets as w on e.account_id = w.account_id "
        "where w.user_id = %s order by e.version",
        second.user_id,
    )
    assert len(dates) == 4
    assert dates == sorted(dates)
