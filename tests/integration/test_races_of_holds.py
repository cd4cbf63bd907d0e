"""Reviews, settlements and exclusions at once: one outcome, in whatever order they come.

`pypot check` at the end of each test proves that the books, the chain and the flags agree on it.
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tests.support.game import (
    Caller,
    Game,
    Pending,
    Player,
    Refusal,
    answers,
    race,
    refusals,
)

PRIZE = 30


def officer(game: Game) -> Caller:
    """One more person of compliance, on a connection of their own."""
    return game.caller("pot_compliance", {"sub": str(uuid.uuid4())})


def review(caller: Caller, flag_id: str, decision: str) -> Any:
    """The answer to a review, or its refusal."""
    return caller.attempt("review_flag", flag_id=flag_id, decision=decision, reason="a look")


def settling(game: Game, draw_version: int = 1) -> tuple[str, list[Player], dict[uuid.UUID, str]]:
    """A full, claimed pot of three players who had 100 credits each, all of them flagged."""
    pot_id = game.pot(max_tickets=3, draw_version=draw_version)
    players = game.players(3, funds=100)
    for player in players:
        player.join(pot_id)
    game.to_settling(pot_id)
    return pot_id, players, {each.user_id: game.flag(pot_id, each.user_id) for each in players}


def held(game: Game) -> tuple[str, list[Player], str]:
    """A settled pot whose payout is held, its players, and the flag that holds it."""
    pot_id, players, flags = settling(game)
    game.reveal(pot_id)
    assert (game.held(pot_id), game.escrow(pot_id)) == (PRIZE, 0)
    return pot_id, players, flags[winner(game, pot_id)]


def winner(game: Game, pot_id: str) -> uuid.UUID:
    """Who won a settled pot."""
    won = game.value("select winner_user_id from public.pots where id = %s", pot_id)
    return uuid.UUID(str(won))


def assert_paid(game: Game, pot_id: str, players: list[Player]) -> None:
    """The winner has the prize, once; nothing is held any more."""
    won = winner(game, pot_id)
    assert {each.user_id: each.balance() for each in players} == {
        each.user_id: 120 if each.user_id == won else 90 for each in players
    }
    assert game.actions(pot_id).count("payout_released") <= 1
    assert game.held(pot_id) in (None, 0)


def assert_returned(game: Game, pot_id: str, players: list[Player]) -> None:
    """The two others have half of the prize each, once."""
    won = winner(game, pot_id)
    assert {each.user_id: each.balance() for each in players} == {
        each.user_id: 90 if each.user_id == won else 105 for each in players
    }
    assert game.actions(pot_id).count("payout_released") == 1
    assert game.held(pot_id) == 0


@contextmanager
def holding(game: Game, pot_id: str) -> Iterator[None]:
    """Holds the pot's row, so that whoever comes meanwhile queues for it and goes at once after."""
    with game.db.admin(autocommit=False) as conn:
        conn.execute("select from public.pots where id = %s for update", [pot_id])
        yield
        time.sleep(0.3)
        conn.rollback()


def test_reviewers_who_clear_at_once_pay_once(game: Game) -> None:
    pot_id, players, flag_id = held(game)
    officers = [officer(game) for _ in range(6)]

    outcomes = race([partial(review, each, flag_id, "clear") for each in officers])

    (answer,) = answers(outcomes)
    assert answer["payout"] == "paid"
    assert refusals(outcomes) == [Refusal("PT409", "wrong_state", {"status": "cleared"})] * 5
    assert_paid(game, pot_id, players)


def test_reviewers_who_uphold_at_once_propose_once_and_confirm_once(game: Game) -> None:
    pot_id, players, flag_id = held(game)
    officers = [officer(game) for _ in range(6)]

    outcomes = race([partial(review, each, flag_id, "uphold") for each in officers])

    said = sorted((each["status"], each["payout"]) for each in answers(outcomes))
    assert said == [("upheld", "returned"), ("uphold_proposed", "held")]
    assert refusals(outcomes) == [Refusal("PT409", "wrong_state", {"status": "upheld"})] * 4
    assert_returned(game, pot_id, players)


def test_who_proposes_what_another_just_did_confirms_it(game: Game) -> None:
    one, two = officer(game), officer(game)
    policy = {
        "kind": "shared_address", "effect": "hold", "min_score": Decimal("0.7"),
        "reason": "a test",
    }  # fmt: skip

    with one.request() as call:
        assert call("set_flag_policy", **policy)["status"] == "proposed"
        pending = Pending(lambda: two.call("set_flag_policy", **policy))
        game.wait_until_blocked(two, by=one)

    assert pending.result()["status"] == "set"
    assert game.value("select count(*) from private.flag_policy_proposals") == 0


def test_a_prize_is_returned_no_earlier_than_what_it_waited_for(game: Game) -> None:
    pot_id, players, flag_id = held(game)
    loser = next(each for each in players if each.user_id != winner(game, pot_id))
    assert review(officer(game), flag_id, "uphold")["payout"] == "held"
    confirmer = officer(game)
    others = [game.pot() for _ in range(2)]

    with loser.request() as call:
        call("join_pot", pot_id=others[0], ticket_count=1)
        pending = Pending(partial(review, confirmer, flag_id, "uphold"))
        game.wait_until_blocked(confirmer, by=loser)
        call("join_pot", pot_id=others[1], ticket_count=1)

    assert pending.result()["payout"] == "returned"
    moves = game.rows(
        "select t.kind, t.created_at from private.wallets as w"
        " join private.ledger_entries as e using (account_id)"
        " join private.transfers as t on e.transfer_id = t.id"
        " where w.user_id = %s order by e.version", loser.user_id,
    )  # fmt: skip
    assert [kind for kind, _ in moves] == ["grant", "join", "join", "join", "return"]
    assert moves == sorted(moves, key=lambda move: move[1])


def test_one_person_on_many_connections_is_not_two(game: Game) -> None:
    pot_id, players, flag_id = held(game)
    person = {"sub": str(uuid.uuid4())}
    same = [game.caller("pot_compliance", person) for _ in range(6)]

    outcomes = race([partial(review, each, flag_id, "uphold") for each in same])

    assert outcomes[0]["status"] == "uphold_proposed"
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert game.held(pot_id) == PRIZE
    assert [each.balance() for each in players] == [90] * 3
    assert game.actions(pot_id).count("flag_reviewed") == 1


@pytest.mark.parametrize("attempt", range(4))
def test_clear_against_confirm_has_one_outcome(game: Game, attempt: int) -> None:
    pot_id, players, flag_id = held(game)
    proposer, confirmer, clearer = (officer(game) for _ in range(3))
    assert review(proposer, flag_id, "uphold")["payout"] == "held"
    works = [
        partial(review, confirmer, flag_id, "uphold"),
        partial(review, clearer, flag_id, "clear"),
    ]

    with holding(game, pot_id):
        queued = []
        for work in works if attempt % 2 else reversed(works):
            queued.append(Pending(work))
            time.sleep(0.1)
    outcomes = [each.result() for each in queued]

    (answer,) = answers(outcomes)
    (refusal,) = refusals(outcomes)
    if answer["decision"] == "clear":
        assert refusal == Refusal("PT409", "wrong_state", {"status": "cleared"})
        assert_paid(game, pot_id, players)
    else:
        assert refusal == Refusal("PT409", "wrong_state", {"status": "upheld"})
        assert_returned(game, pot_id, players)


def test_a_clear_that_comes_before_the_reveal_leaves_nothing_to_hold(game: Game) -> None:
    pot_id, players, flags = settling(game)
    carol = officer(game)

    with carol.request() as call:
        for flag_id in flags.values():
            call("review_flag", flag_id=flag_id, decision="clear", reason="a family")
        pending = Pending(partial(game.reveal, pot_id))
        game.wait_until_blocked(game.signer, by=carol)
    pending.result()

    assert game.held(pot_id) is None
    assert_paid(game, pot_id, players)


def test_a_clear_that_waits_for_the_reveal_pays_what_it_held(game: Game) -> None:
    pot_id, players, flags = settling(game)
    carol = officer(game)
    # Whom the reveal will choose is not known: all flags but one are cleared after it.
    with game.signer.request() as call:
        call("reveal_pot", **game.reveal_arguments(pot_id))
        pending = Pending(lambda: [review(carol, each, "clear") for each in flags.values()])
        game.wait_until_blocked(carol, by=game.signer)

    assert sorted(str(each["payout"]) for each in pending.result()) == ["None", "None", "paid"]
    assert_paid(game, pot_id, players)


@pytest.mark.parametrize("decision", ["clear", "uphold"])
def test_reviews_against_the_settlement_have_one_outcome(game: Game, decision: str) -> None:
    pot_id, players, flags = settling(game)
    first, second = officer(game), officer(game)
    if decision == "uphold":
        for flag_id in flags.values():
            review(first, flag_id, "uphold")

    works = [partial(review, second, each, decision) for each in flags.values()]
    # On one connection all three: races are with the settlement.
    outcomes = race([lambda: [work() for work in works], partial(game.reveal, pot_id)])[0]

    assert refusals(outcomes) == []
    if decision == "clear":
        assert_paid(game, pot_id, players)
        return
    # Who is upheld by then gets no share; if nobody is left all get what they paid.
    assert game.held(pot_id) == 0
    assert sum(each.balance() for each in players) == 300
    assert game.actions(pot_id).count("payout_released") == 1


def test_a_flag_that_is_under_way_at_the_reveal_never_holds(game: Game) -> None:
    """Begun before the reveal and committed after it: its time is early, its decision late."""
    pot_id = game.pot(max_tickets=3)
    players = game.players(3, funds=100)
    for player in players:
        player.join(pot_id)
    game.to_settling(pot_id)
    with game.db.admin(autocommit=False) as conn:
        conn.execute(
            "insert into private.flags (pot_id, user_id, kind, score, evidence, phase, effect,"
            " created_at, updated_at) select e.pot_id, e.user_id, 'a_ring', 0.9, '{}', 'reveal',"
            " 'hold', clock_timestamp(), clock_timestamp() from public.pot_entries as e"
            " where e.pot_id = %s",
            [pot_id],
        )
        game.reveal(pot_id)
        conn.commit()

    assert game.held(pot_id) is None
    assert_paid(game, pot_id, players)
    assert game.value("select count(*) from private.holding_flags") == 0


# -------------------------------------------------------------------------------- exclusions


def exclude(caller: Caller, entry_id: str) -> Any:
    """The answer to an exclusion, or its refusal."""
    return caller.attempt("exclude_entry", entry_id=entry_id, reason="one device")


def full(game: Game) -> tuple[str, list[Player], str]:
    """A full pot of two players who had 100 credits each, and the first one's entry."""
    pot_id = game.pot(max_tickets=2)
    players = game.players(2, funds=100)
    entries = [player.join(pot_id)["entry_id"] for player in players]
    return pot_id, players, entries[0]


def test_an_exclusion_that_waits_for_a_lock_comes_too_late(game: Game) -> None:
    pot_id, (first, _), entry_id = full(game)
    carol = officer(game)

    with game.orchestrator.request() as call:
        call("lock_pot", pot_id=pot_id)
        pending = Pending(lambda: exclude(carol, entry_id))
        game.wait_until_blocked(carol, by=game.orchestrator)

    assert pending.result() == Refusal(
        "PT409", "wrong_state", {"status": "locked", "cancelled": False}
    )
    assert first.balance() == 90
    assert game.value("select total_tickets from public.pots where id = %s", pot_id) == 2


@pytest.mark.parametrize("act", ["exclude", "review"])
def test_an_officer_whose_own_join_is_under_way_is_waited_for_and_refused(
    game: Game, act: str
) -> None:
    """Else the tickets would be there after the rival was turned out, and nobody saw them."""
    pot_id = game.pot(max_tickets=10)
    rival, insider = game.players(2, funds=100)
    entry_id = rival.join(pot_id)["entry_id"]
    flag_id = game.flag(pot_id, rival.user_id)
    # Known to the database by an earlier game: it is not the new pseudonym that is waited for.
    insider.join(game.pot(max_tickets=10))
    both = game.caller("pot_compliance", {"sub": str(insider.user_id)})

    with insider.request() as call:
        call("join_pot", pot_id=pot_id, ticket_count=1)
        pending = Pending(
            lambda: exclude(both, entry_id) if act == "exclude" else review(both, flag_id, "uphold")
        )
        game.wait_until_blocked(both, by=insider)

    assert pending.result() == Refusal(
        "PT403", "not_allowed", {"reason": "an interest in this pot"}
    )
    assert rival.balance() == 90


def test_a_lock_that_waits_for_an_exclusion_does_not_count_it(game: Game) -> None:
    pot_id, (first, _), entry_id = full(game)
    carol = officer(game)

    with carol.request() as call:
        call("exclude_entry", entry_id=entry_id, reason="one device")
        game.pass_time(7200)
        pending = Pending(lambda: game.lock(pot_id))
        game.wait_until_blocked(game.orchestrator, by=carol)

    assert pending.result()["total_tickets"] == 1
    assert first.balance() == 100


@pytest.mark.parametrize("attempt", range(3))
def test_exclusion_and_lock_at_once_leave_the_entry_in_or_refunded(
    game: Game, attempt: int
) -> None:
    pot_id, (first, _), entry_id = full(game)
    game.pass_time(7200)
    carol = officer(game)

    outcome, lock = race(
        [
            partial(exclude, carol, entry_id),
            partial(game.orchestrator.attempt, "lock_pot", pot_id=pot_id),
        ]
    )

    excluded = not isinstance(outcome, Refusal)
    assert lock["total_tickets"] == (1 if excluded else 2)
    assert first.balance() == (100 if excluded else 90)


@pytest.mark.parametrize("attempt", range(3))
def test_exclusion_and_cancellation_at_once_refund_once(game: Game, attempt: int) -> None:
    pot_id, (first, _), entry_id = full(game)
    officers = [officer(game) for _ in range(2)]

    outcomes = race(
        [
            *(partial(exclude, each, entry_id) for each in officers),
            partial(first.attempt, "cancel_entry", entry_id=entry_id),
        ]
    )

    assert first.balance() == 100
    assert game.tickets_sold(pot_id) == 1
    late = Refusal("PT409", "wrong_state", {"status": "open", "cancelled": True})
    assert all(each == late for each in refusals(outcomes))
    assert not isinstance(outcomes[2], Refusal)
    assert game.actions(pot_id).count("excluded") == len(answers(outcomes[:2])) <= 1


def test_an_exclusion_and_its_players_join_at_once(game: Game) -> None:
    """The join comes first and its entry stays, or it comes second and is refused."""
    pot_id = game.pot()
    player = game.player(funds=100)
    entry_id = player.join(pot_id)["entry_id"]
    again = [game.again(player.user_id) for _ in range(4)]
    carol = officer(game)

    outcomes = race(
        [*(partial(each.join, pot_id) for each in again), partial(exclude, carol, entry_id)]
    )

    assert not isinstance(outcomes[-1], Refusal)
    blocked = Refusal("PT403", "account_blocked", {"reason": "excluded"})
    assert all(each == blocked for each in refusals(outcomes))
    joined = len(answers(outcomes[:-1]))
    assert game.tickets_sold(pot_id) == joined
    assert player.balance() == 100 - 10 * joined
    assert player.join(pot_id) == blocked


def test_others_join_while_an_exclusion_is_under_way(game: Game) -> None:
    pot_id = game.pot()
    first, second = game.players(2, funds=100)
    entry_id = first.join(pot_id)["entry_id"]
    carol = officer(game)

    with carol.request() as call:
        call("exclude_entry", entry_id=entry_id, reason="one device")
        assert second.join(pot_id)["ticket_count"] == 1

    assert game.tickets_sold(pot_id) == 1


def test_a_flagged_join_and_a_lock_do_not_wait_for_each_other(game: Game) -> None:
    """A join that writes a flag is through the gate, which the lock awaits with the pot's row."""
    pot_id = game.pot()
    player = game.player(funds=100)
    player.join(pot_id)
    game.pass_time(7200)

    with game.db.admin(autocommit=False) as conn:
        conn.execute("select pg_advisory_xact_lock_shared(private.gate_key(%s))", [pot_id])
        pending = Pending(lambda: game.lock(pot_id))
        game.wait_until_blocked(game.orchestrator)
        conn.execute("set local lock_timeout = '10s'")
        conn.execute(
            "select private.raise_flags(%s, array[row(%s, null, 'a_ring', 0.9, '{}')"
            "::private.suspicion], 'join')",
            [pot_id, player.user_id],
        )
        conn.commit()
    pending.result()

    assert game.status(pot_id) == "locked"


# ------------------------------------------------------------------ scans against the settlement


@contextmanager
def looking(
    game: Game, pot_id: str, orchestrator: Caller, fails: bool = False
) -> Iterator[Pending]:
    """Has run_due look over the pot, find its players, and wait until the block ends.

    `fails`: it stumbles then.
    """
    with game.db.admin() as conn:
        conn.execute(
            "create or replace function private.lone_suspicions(p_pot_id uuid) returns table ("
            "user_id uuid, entry_id uuid, kind text, score double precision, evidence jsonb"
            ") language sql stable as $$ select e.user_id, e.id, 'confirmed_ring', 0.9,"
            " '{}'::jsonb from public.pot_entries as e where e.pot_id = p_pot_id"
            f" and pg_backend_pid() = {orchestrator.pid} $$"
        )
        conn.execute(
            "create or replace function private.duplicates(p_pot_id uuid, out addresses jsonb,"
            " out devices jsonb) language plpgsql as $$ begin"
            f" if pg_backend_pid() = {orchestrator.pid} then perform pg_advisory_xact_lock(42);"
            f" if {fails} then raise division_by_zero; end if; end if; end $$"
        )
    with game.db.admin(autocommit=False) as conn:
        conn.execute("select pg_advisory_xact_lock(42)")
        pending = Pending(lambda: orchestrator.call("run_due"))
        game.wait_until_blocked(orchestrator)
        yield pending
        conn.rollback()


def locked(game: Game) -> tuple[str, list[Player]]:
    """A locked pot of three players who had 100 credits each."""
    pot_id = game.pot(max_tickets=3)
    players = game.players(3, funds=100)
    for player in players:
        player.join(pot_id)
    game.lock(pot_id)
    return pot_id, players


def test_who_signs_and_claims_does_not_wait_for_a_scan_whose_flags_then_hold(game: Game) -> None:
    pot_id, _ = locked(game)
    with looking(game, pot_id, game.caller("pot_orchestrator")) as pending:
        game.attest(pot_id)
        game.signer.call("claim_settlement", pot_id=pot_id)
    assert pending.result() == {"pot_id": pot_id, "task": "scan", "result": {"flags": 3}}
    game.reveal(pot_id)

    assert (game.held(pot_id), game.escrow(pot_id)) == (PRIZE, 0)


def test_a_scan_that_ends_after_the_reveal_flags_nobody(game: Game) -> None:
    pot_id, players = locked(game)
    with looking(game, pot_id, game.caller("pot_orchestrator")) as pending:
        game.attest(pot_id)
        game.signer.call("claim_settlement", pot_id=pot_id)
        game.reveal(pot_id)
    assert pending.result() == {"pot_id": pot_id, "task": "scan", "result": {"flags": 0}}

    assert game.value("select count(*) from private.flags") == 0
    assert_paid(game, pot_id, players)


@pytest.mark.parametrize("fails", [False, True])
def test_a_scan_that_ends_while_a_reveal_is_under_way_says_nothing(game: Game, fails: bool) -> None:
    """Neither a flag nor an alert, which would stay after its pot has ended."""
    pot_id, players = locked(game)
    orchestrator = game.caller("pot_orchestrator")
    with ExitStack() as under_way:
        with looking(game, pot_id, orchestrator, fails) as pending:
            game.attest(pot_id)
            game.signer.call("claim_settlement", pot_id=pot_id)
            reveal = under_way.enter_context(game.signer.request())
            reveal("reveal_pot", **game.reveal_arguments(pot_id))
        game.wait_until_blocked(orchestrator, by=game.signer)
    assert pending.result() == {"pot_id": pot_id, "task": "scan", "result": {"flags": 0}}

    assert game.value("select count(*) from private.flags") == 0
    assert game.value("select count(*) from private.alerts where closed_at is null") == 0
    assert_paid(game, pot_id, players)


def test_two_orchestrators_do_not_look_over_one_pot_at_once(game: Game) -> None:
    pot_id, _ = locked(game)
    with looking(game, pot_id, game.caller("pot_orchestrator")) as pending:
        assert game.orchestrator.call("run_due") is None
    assert pending.result()["task"] == "scan"
    assert game.orchestrator.call("run_due") is None
