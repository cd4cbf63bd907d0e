"""A join, or a cancelled entry, against what ends a pot's open time: each order of the two.

Whoever comes second waits for the first to end and then sees what it did; so a joiner is in what
the transition froze or refunded, or is refused and pays nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from tests.support.game import Caller, Game, Pending, Player, Refusal, answers, race, refusals


@dataclass(frozen=True)
class Transition:
    """A way to end a pot's open time, and what becomes of it and of a join that comes too late."""

    function: str
    caller: Callable[[Game], Caller]
    late: bool
    status: str
    refusal: Refusal
    reason: bool = False
    min_participants: int = 1

    def arguments(self, pot_id: str) -> dict[str, str]:
        """The arguments of its call."""
        if self.function == "run_due":
            return {}
        return {"pot_id": pot_id, **({"reason": "a test"} if self.reason else {})}


def closed(status: str) -> Refusal:
    """The refusal of a pot that is not open."""
    return Refusal("PT409", "pot_not_open", {"status": status})


TRANSITIONS = {
    "lock": Transition("lock_pot", lambda g: g.orchestrator, True, "locked", closed("locked")),
    "run_due": Transition("run_due", lambda g: g.orchestrator, True, "locked", closed("locked")),
    "too_few": Transition(
        "lock_pot",
        lambda g: g.orchestrator,
        True,
        "cancelled",
        closed("cancelled"),
        min_participants=3,
    ),
    "void": Transition(
        "void_pot", lambda g: g.compliance, False, "cancelled", closed("cancelled"), reason=True
    ),
    "pause": Transition(
        "pause_pot",
        lambda g: g.compliance,
        False,
        "open",
        Refusal("PT409", "pot_paused"),
        reason=True,
    ),
}

each_transition = pytest.mark.parametrize("transition", TRANSITIONS.values(), ids=list(TRANSITIONS))


def assert_in_or_unharmed(game: Game, pot_id: str, player: Player, outcome: object) -> None:
    """A player with 100 credits and one try to buy one ticket for 10 has lost nothing."""
    entries = game.rows(
        "select first_ticket from public.pot_entries where pot_id = %s and user_id = %s",
        pot_id,
        player.user_id,
    )
    if isinstance(outcome, Refusal):
        assert (entries, player.balance()) == ([], 100)
    elif game.status(pot_id) == "cancelled":
        assert (len(entries), player.balance()) == (1, 100)
    else:
        assert (len(entries), player.balance()) == (1, 90)
        assert (entries[0][0] is not None) == (game.status(pot_id) == "locked")


@each_transition
def test_a_transition_waits_for_the_join_under_way_and_counts_it(
    game: Game, transition: Transition
) -> None:
    pot_id = game.pot(min_participants=transition.min_participants)
    early, joiner = game.players(2, funds=100)
    early.join(pot_id)
    caller = transition.caller(game)

    with joiner.request() as call:
        answer = call("join_pot", pot_id=pot_id, ticket_count=1)
        if transition.late:
            game.pass_time(7200)
        pending = Pending(lambda: caller.call(transition.function, **transition.arguments(pot_id)))
        game.wait_until_blocked(caller, by=joiner)
    pending.result()

    assert game.status(pot_id) == transition.status
    assert_in_or_unharmed(game, pot_id, early, "joined")
    assert_in_or_unharmed(game, pot_id, joiner, answer)


@each_transition
def test_a_transition_does_not_count_a_join_that_was_rolled_back(
    game: Game, transition: Transition
) -> None:
    pot_id = game.pot(min_participants=transition.min_participants)
    early, joiner = game.players(2, funds=100)
    early.join(pot_id)
    caller = transition.caller(game)

    with joiner.request(commits=False) as call:
        call("join_pot", pot_id=pot_id, ticket_count=1)
        if transition.late:
            game.pass_time(7200)
        pending = Pending(lambda: caller.call(transition.function, **transition.arguments(pot_id)))
        game.wait_until_blocked(caller, by=joiner)
    pending.result()

    assert game.status(pot_id) == transition.status
    assert game.tickets_sold(pot_id) == 1
    assert_in_or_unharmed(game, pot_id, joiner, transition.refusal)


@each_transition
def test_a_join_waits_for_the_transition_under_way_and_is_refused(
    game: Game, transition: Transition
) -> None:
    pot_id = game.pot(min_participants=transition.min_participants)
    early, joiner = game.players(2, funds=100)
    early.join(pot_id)
    caller = transition.caller(game)
    if transition.late:
        game.pass_time(7200)

    with caller.request() as call:
        call(transition.function, **transition.arguments(pot_id))
        pending = Pending(lambda: joiner.call("join_pot", pot_id=pot_id, ticket_count=1))
        game.wait_until_blocked(joiner, by=caller)

    assert pending.result() == transition.refusal
    assert_in_or_unharmed(game, pot_id, joiner, transition.refusal)


@each_transition
def test_joins_and_a_transition_at_once_leave_everybody_in_or_unharmed(
    game: Game, transition: Transition
) -> None:
    pot_id = game.pot(min_participants=100 if transition.min_participants > 1 else 1)
    early = game.player(funds=100)
    early.join(pot_id)
    joiners = game.players(16, funds=100)
    caller = transition.caller(game)

    def end() -> object:
        if transition.late:
            game.pass_time(7200)
        return caller.call(transition.function, **transition.arguments(pot_id))

    outcomes = race([*(partial(j.join, pot_id) for j in joiners), end])[:-1]

    assert game.status(pot_id) == transition.status
    assert all(one in (transition.refusal, closed("open")) for one in refusals(outcomes))
    for joiner, outcome in zip(joiners, outcomes, strict=True):
        assert_in_or_unharmed(game, pot_id, joiner, outcome)
    if transition.status == "locked":
        total = game.value("select total_tickets from public.pots where id = %s", pot_id)
        assert total == 1 + len(answers(outcomes)) == game.escrow(pot_id) / 10


def test_a_full_pot_is_locked_against_one_more_join(game: Game) -> None:
    pot_id = game.pot(max_tickets=2)
    first, second = game.players(2, funds=100)
    first.join(pot_id, 2)

    with game.orchestrator.request() as call:
        call("lock_pot", pot_id=pot_id)
        pending = Pending(lambda: second.call("join_pot", pot_id=pot_id, ticket_count=1))
        game.wait_until_blocked(second, by=game.orchestrator)

    assert pending.result() == closed("locked")


def test_a_join_that_waited_for_its_wallet_past_the_deadline_is_refused(game: Game) -> None:
    pot_id, other = game.pot(fill_seconds=60), game.pot()
    player = game.player(funds=100)
    elsewhere = game.again(player.user_id)

    with elsewhere.request() as call:
        call("join_pot", pot_id=other, ticket_count=1)
        pending = Pending(lambda: player.call("join_pot", pot_id=pot_id, ticket_count=1))
        game.wait_until_blocked(player, by=elsewhere)
        game.pass_time(61)

    assert pending.result() == closed("open")
    assert player.balance() == 90


def test_a_join_that_waited_for_the_last_tickets_past_the_deadline_is_refused(game: Game) -> None:
    pot_id = game.pot(max_tickets=4, fill_seconds=60)
    first, second = game.players(2, funds=100)

    with first.request(commits=False) as call:
        call("join_pot", pot_id=pot_id, ticket_count=4)
        pending = Pending(lambda: second.call("join_pot", pot_id=pot_id, ticket_count=1))
        game.wait_until_blocked(second, by=first)
        game.pass_time(61)

    assert pending.result() == closed("open")
    assert (first.balance(), second.balance()) == (100, 100)


def test_a_transaction_begun_before_the_deadline_joins_nothing_after_it(game: Game) -> None:
    pot_id = game.pot(fill_seconds=60)
    player = game.player(funds=100)

    with player.request(commits=False) as call:
        call("list_pots")
        game.pass_time(61)
        outcome = Pending(lambda: call("join_pot", pot_id=pot_id, ticket_count=1)).result()

    assert outcome == closed("open")


def test_a_resumed_pot_takes_the_join_that_waited_for_it(game: Game) -> None:
    pot_id = game.pot()
    player = game.player(funds=100)
    game.compliance.call("pause_pot", pot_id=pot_id, reason="look")

    with game.compliance.request() as call:
        call("resume_pot", pot_id=pot_id, reason="fine")
        pending = Pending(lambda: player.call("join_pot", pot_id=pot_id, ticket_count=1))
        game.wait_until_blocked(player, by=game.compliance)

    assert pending.result()["balance"] == 90


def test_the_last_player_short_of_the_minimum_joins_in_time_or_the_pot_is_cancelled(
    game: Game,
) -> None:
    pot_id = game.pot(min_participants=2)
    first, second = game.players(2, funds=100)
    first.join(pot_id)

    with second.request() as call:
        call("join_pot", pot_id=pot_id, ticket_count=1)
        game.pass_time(7200)
        pending = Pending(lambda: game.lock(pot_id))
        game.wait_until_blocked(game.orchestrator, by=second)

    assert pending.result()["total_tickets"] == 2


def test_a_lock_waits_for_the_entry_being_cancelled_and_leaves_it_out(game: Game) -> None:
    pot_id = game.pot()
    stays, leaves = game.players(2, funds=100)
    stays.join(pot_id)
    entry_id = leaves.join(pot_id)["entry_id"]

    with leaves.request() as call:
        call("cancel_entry", entry_id=entry_id)
        game.pass_time(7200)
        pending = Pending(lambda: game.lock(pot_id))
        game.wait_until_blocked(game.orchestrator, by=leaves)

    assert pending.result()["total_tickets"] == 1
    assert leaves.balance() == 100


def test_an_entry_is_not_cancelled_once_the_lock_is_under_way(game: Game) -> None:
    pot_id = game.pot(max_tickets=1)
    player = game.player(funds=100)
    entry_id = player.join(pot_id)["entry_id"]

    with game.orchestrator.request() as call:
        call("lock_pot", pot_id=pot_id)
        pending = Pending(lambda: player.call("cancel_entry", entry_id=entry_id))
        game.wait_until_blocked(player, by=game.orchestrator)

    assert pending.result() == closed("locked")
    assert player.balance() == 90


@pytest.mark.parametrize("first", ["void_pot", "cancel_entry"])
def test_an_entry_cancelled_while_its_pot_is_voided_is_refunded_once(
    game: Game, first: str
) -> None:
    pot_id = game.pot()
    player = game.player(funds=100)
    entry_id = player.join(pot_id)["entry_id"]
    calls: list[tuple[Caller, str, dict[str, str]]] = [
        (game.compliance, "void_pot", {"pot_id": pot_id, "reason": "a test"}),
        (player, "cancel_entry", {"entry_id": entry_id}),
    ]
    if first == "cancel_entry":
        calls.reverse()
    (caller, function, arguments), (other, other_function, other_arguments) = calls

    with caller.request() as call:
        call(function, **arguments)
        pending = Pending(lambda: other.call(other_function, **other_arguments))
        game.wait_until_blocked(other, by=caller)
    outcome = pending.result()

    assert isinstance(outcome, Refusal) == (first == "void_pot")
    assert player.balance() == 100
    refunds = game.value("select count(*) from private.transfers where kind = 'refund'")
    assert refunds == 1


def test_run_due_passes_over_a_full_pot_that_loses_an_entry_while_it_waits(game: Game) -> None:
    pot_id = game.pot(max_tickets=2)
    stays, leaves = game.players(2, funds=100)
    stays.join(pot_id)
    entry_id = leaves.join(pot_id)["entry_id"]

    with leaves.request() as call:
        call("cancel_entry", entry_id=entry_id)
        pending = Pending(lambda: game.orchestrator.call("run_due"))
        game.wait_until_blocked(game.orchestrator, by=leaves)

    assert pending.result() == {"pot_id": pot_id, "task": "none", "result": None}
    assert game.orchestrator.call("run_due") is None
    assert game.status(pot_id) == "open"
