"""Locks: a join waits for no lock as wide as a pot, and opposed orders never meet in a deadlock.

The order (private.hold_pot): pots row, gate, a caller's new pseudonym, wallets by user_id, stripes.
"""

import itertools
import random
import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from psycopg import IsolationLevel

from tests.support.game import Caller, Game, Json, Pending, Player, Refusal, answers, race, refusals

# A join that waits for another one's open transaction would be cancelled, and answer `busy`.
SHORT = ("statement_timeout", "1s")
OPPOSED_SECONDS = 4.0


def join_quickly(player: Player, pot_id: str, ticket_count: int = 1) -> None:
    """Joins within a second, or fails."""
    with player.request(SHORT) as call:
        answer = call("join_pot", pot_id=pot_id, ticket_count=ticket_count)
    assert answer["ticket_count"] == ticket_count


# ----------------------------------------------------- no lock as wide as a pot


def test_joins_do_not_wait_for_an_open_join_of_the_same_pot(game: Game) -> None:
    pot_id = game.pot(max_tickets=1000)
    slow, *others = game.players(21, funds=100)

    with slow.request() as call:
        call("join_pot", pot_id=pot_id, ticket_count=1)
        for other in others:
            join_quickly(other, pot_id)
        race([partial(join_quickly, p, pot_id) for p in others])

    assert game.tickets_sold(pot_id) == 41


def test_joins_do_not_wait_for_an_open_lot_that_takes_31_of_32_stripes(game: Game) -> None:
    pot_id = game.pot(max_tickets=320, entry_cost=1)
    slow, *others = game.players(11, funds=1000)

    with slow.request() as call:
        call("join_pot", pot_id=pot_id, ticket_count=310)
        for other in others:
            join_quickly(other, pot_id)
        last = Pending(lambda: others[0].join(pot_id))
        # Now every ticket is sold or being bought: only here is there something to wait for.
        game.wait_until_blocked(others[0], by=slow)

    assert last.result() == Refusal("PT409", "pot_full", {"left": 0})
    assert game.tickets_sold(pot_id) == 320


def test_tickets_of_a_join_that_fails_go_to_the_one_that_waited(game: Game) -> None:
    pot_id = game.pot(max_tickets=64, entry_cost=1)
    slow, patient = game.players(2, funds=100)

    with slow.request(commits=False) as call:
        call("join_pot", pot_id=pot_id, ticket_count=64)
        pending = Pending(lambda: patient.join(pot_id, 64))
        game.wait_until_blocked(patient, by=slow)

    assert pending.result()["tickets_sold"] == 64
    assert slow.balance() == 100


def test_tickets_that_were_bought_meanwhile_are_gone_for_the_one_that_waited(game: Game) -> None:
    pot_id = game.pot(max_tickets=64, entry_cost=1)
    quick, late = game.players(2, funds=100)

    with quick.request() as call:
        call("join_pot", pot_id=pot_id, ticket_count=63)
        pending = Pending(lambda: late.join(pot_id, 2))
        game.wait_until_blocked(late, by=quick)

    assert pending.result() == Refusal("PT409", "pot_full", {"left": 1})
    assert (quick.balance(), late.balance()) == (37, 100)


def test_joins_do_not_wait_for_an_open_cancellation_or_for_the_lobby(game: Game) -> None:
    pot_id = game.pot(max_tickets=1000)
    slow, *others = game.players(6, funds=100)
    entry_id = slow.join(pot_id)["entry_id"]
    game.pass_time(10)

    with slow.request() as call:
        call("cancel_entry", entry_id=entry_id)
        for other in others:
            join_quickly(other, pot_id)

    assert game.tickets_sold(pot_id) == 5


@pytest.mark.parametrize("table", ["lobby_pulses", "retention", "watch_marks"])
def test_what_is_due_is_left_to_whoever_is_at_it(game: Game, table: str) -> None:
    # One pot has a change that the lobby was not told yet, and in the other nothing happens.
    told_late, _quiet = (game.pot(fill_seconds=600) for _ in range(2))
    for player in game.players(2, funds=100):
        player.join(told_late)
    game.pass_time(61)
    if table == "retention":
        # What there is to tell comes first.
        assert game.orchestrator.call("run_due") is None

    with game.db.admin(autocommit=False) as conn:
        rows = conn.execute(f"select from private.{table} for update".encode()).rowcount
        assert rows >= 1
        with game.orchestrator.request(SHORT) as call:
            assert call("run_due") is None


def test_work_that_another_is_at_is_left_to_it(game: Game) -> None:
    hook = {"url": "https://one.example/", "events": ["test_event"]}
    for _ in range(2):
        game.service.call("create_webhook", **hook)
    with game.db.admin() as conn:
        conn.execute("select private.log_event('test_event', null, '{}')")
        conn.execute("select private.sequence_events()")
    nothing = {
        "fan_out_webhooks": ("pot_webhooks", {"events": 0, "deliveries": 0}),
        "claim_deliveries": ("pot_webhooks", []),
        "purge_expired": ("service_role", None),
        "run_watch": ("pot_orchestrator", None),
    }

    for function, (role, answer) in nothing.items():
        one, other = game.caller(role), game.caller(role)
        with one.request() as call, other.request(SHORT) as quick:
            assert call(function) != answer
            assert quick(function) == answer


def test_readers_wait_for_nobody(game: Game) -> None:
    pot_id, other = game.pot(), game.pot(max_tickets=1)
    player, only = game.players(2, funds=100)
    only.join(other)
    spectator = game.caller("anon")

    with player.request() as join, game.orchestrator.request() as lock:
        join("join_pot", pot_id=pot_id, ticket_count=1)
        lock("lock_pot", pot_id=other)
        with spectator.request(SHORT) as call:
            for read in (pot_id, other):
                assert call("get_pot", pot_id=read)["status"] == "open"
            assert len(call("list_pots")) == 2


def test_a_lock_does_not_keep_joins_of_other_pots_waiting(game: Game) -> None:
    locked, other = game.pot(max_tickets=1), game.pot()
    first, second = game.players(2, funds=100)
    first.join(locked)

    with game.orchestrator.request() as call:
        call("lock_pot", pot_id=locked)
        join_quickly(second, other)
        join_quickly(first, other)


# ----------------------------------------------------------------- opposed orders


class Chaos:
    """Players and officers who, until time is up, want the same pots in opposed orders."""

    def __init__(self, game: Game, pots: list[str], players: list[Player]) -> None:
        self.game = game
        self.pots = pots
        self.players = players
        self.ends = time.monotonic() + OPPOSED_SECONDS
        self.calls = itertools.count()
        self.outcomes: list[object] = []

    def rounds(self) -> Iterator[int]:
        """Numbers until time is up."""
        while time.monotonic() < self.ends:
            yield next(self.calls)

    def note(self, outcome: object) -> object:
        """Keeps an outcome for the end."""
        self.outcomes.append(outcome)
        return outcome

    def play(self, player: Player, pots: list[str], lots: list[int]) -> None:
        """Joins the pots in this order, and takes every second entry back."""
        for number in self.rounds():
            for pot_id in pots:
                answer = self.note(player.join(pot_id, lots[number % len(lots)]))
                if isinstance(answer, dict) and number % 2:
                    self.note(player.attempt("cancel_entry", entry_id=answer["entry_id"]))

    def hinder(self, officer: Caller, pots: list[str]) -> None:
        """Pauses and resumes the pots in this order."""
        for _ in self.rounds():
            for function in ("pause_pot", "resume_pot"):
                for pot_id in pots:
                    self.note(officer.attempt(function, pot_id=pot_id, reason="a test"))


def everything_at_once(works: list[Callable[[], object]]) -> None:
    """Runs all to their end."""
    for outcome in race(works):
        assert outcome is None


def test_players_in_opposed_orders_never_deadlock_on_the_last_tickets(game: Game) -> None:
    pots = [game.pot(max_tickets=size, entry_cost=1) for size in (7, 20, 64)]
    players = game.players(8, funds=100_000)
    chaos = Chaos(game, pots, players)
    orders = list(itertools.permutations(pots))
    # Two connections of each player, so that wallets are fought over too.
    sessions = [*players, *(game.again(player.user_id) for player in players)]

    everything_at_once(
        [
            partial(chaos.play, s, list(orders[n % len(orders)]), [1, 3, 2, 5, 4])
            for n, s in enumerate(sessions)
        ]
    )

    assert len(chaos.outcomes) > 100
    tokens = {refusal.token for refusal in refusals(chaos.outcomes)}
    assert tokens <= {"pot_full", "ticket_cap_exceeded"}
    assert game.deadlocks() == 0


def test_voids_settlements_and_joins_in_opposed_orders_never_deadlock(game: Game) -> None:
    """Pots with the same players are voided, locked, settled and refunded against each other."""
    players = game.players(6, funds=1_000_000)
    sessions = [*players, *(game.again(player.user_id) for player in players)]
    officers = [game.caller("pot_compliance", game.compliance.claims) for _ in range(2)]
    orchestrators = [game.caller("pot_orchestrator") for _ in range(2)]
    signers = [game.caller("pot_settlement") for _ in range(2)]
    rounds = 8
    outcomes: list[object] = []

    for number in range(rounds):
        pots = [game.pot(max_tickets=12, max_per_user=4, entry_cost=1) for _ in range(4)]
        drawn = [game.pot(max_tickets=12, entry_cost=1) for _ in range(2)]
        for pot_id in drawn:
            for player in players:
                player.join(pot_id, 2)
            game.to_settling(pot_id)
        reveals = [game.reveal_arguments(pot_id) for pot_id in drawn]
        shuffled = random.Random(number)

        def play(session: Player, pots: list[str]) -> list[object]:
            return [session.join(pot_id, lot) for lot in (1, 2) for pot_id in pots]

        def void(officer: Caller, pots: list[str]) -> list[object]:
            return [officer.attempt("void_pot", pot_id=p, reason="a test") for p in pots]

        def run(orchestrator: Caller) -> list[object]:
            return [orchestrator.attempt("run_due") for _ in range(4)]

        def reveal(signer: Caller, arguments: Json) -> list[object]:
            return [signer.attempt("reveal_pot", **arguments)]

        works = [partial(play, session, shuffled.sample(pots, len(pots))) for session in sessions]
        works += [partial(run, orchestrator) for orchestrator in orchestrators]
        works += [
            partial(void, officers[0], pots[:2]),
            partial(void, officers[1], [drawn[1], *reversed(pots[:2])]),
        ]
        works += [partial(reveal, *each) for each in zip(signers, reveals, strict=True)]
        outcomes += [outcome for one in race(works) for outcome in one]

    tokens = {refusal.token for refusal in refusals(outcomes)}
    assert tokens <= {"pot_full", "ticket_cap_exceeded", "pot_not_open", "wrong_state"}
    assert len(answers(outcomes)) > rounds * 10
    assert game.deadlocks() == 0


def test_pots_of_the_same_players_refunded_at_once_never_deadlock(game: Game) -> None:
    players = game.players(12, funds=1000)
    officers = [game.caller("pot_compliance", game.compliance.claims) for _ in range(3)]

    for _ in range(6):
        pots = [game.pot(entry_cost=1) for _ in officers]
        for pot_id in pots:
            for player in players:
                player.join(pot_id)
        outcomes = race(
            [
                partial(officer.attempt, "void_pot", pot_id=pot_id, reason="a test")
                for officer, pot_id in zip(officers, pots, strict=True)
            ]
        )
        assert refusals(outcomes) == []

    assert [player.balance() for player in players] == [1000] * 12
    assert game.deadlocks() == 0


def test_pauses_and_joins_in_opposed_orders_never_deadlock(game: Game) -> None:
    pots = [game.pot(max_tickets=100_000, entry_cost=1) for _ in range(2)]
    players = game.players(6, funds=100_000)
    officers = [game.caller("pot_compliance", game.compliance.claims) for _ in range(2)]
    chaos = Chaos(game, pots, players)

    everything_at_once(
        [
            *(
                partial(chaos.play, p, pots[:: 1 if n % 2 else -1], [1, 2])
                for n, p in enumerate(players)
            ),
            lambda: chaos.hinder(officers[0], pots),
            lambda: chaos.hinder(officers[1], pots[::-1]),
        ]
    )

    tokens = {refusal.token for refusal in refusals(chaos.outcomes)}
    assert tokens <= {"pot_paused", "wrong_state"}
    assert game.deadlocks() == 0


def test_the_first_acts_of_one_person_in_two_offices_never_deadlock(game: Game) -> None:
    """A pseudonym is made on first use: before any wallet is taken, by whoever takes wallets."""
    pot_id, elsewhere = game.pot(), game.pot()
    player = game.player(funds=100)
    player.join(pot_id)
    claims = {"sub": str(uuid.uuid4())}
    officer, treasurer = (game.caller(role, claims) for role in ("pot_compliance", "pot_treasury"))

    with player.request() as call:
        call("join_pot", pot_id=elsewhere, ticket_count=1)
        grant = Pending(
            lambda: treasurer.call(
                "grant_credits",
                user_id=player.user_id,
                amount=1,
                reason="a test",
                idempotency_key="k",
            )
        )
        game.wait_until_blocked(treasurer, by=player)
        void = Pending(lambda: officer.call("void_pot", pot_id=pot_id, reason="a test"))
        game.wait_until_blocked(officer)

    assert grant.result()["amount"] == 1
    assert void.result()["credits_refunded"] == 10
    assert player.balance() == 91


# ---------------------------------------------------------------- isolation levels


@pytest.mark.parametrize(
    "level", [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE], ids=lambda v: v.name
)
def test_a_snapshot_older_than_the_locks_is_refused_as_busy(
    game: Game, level: IsolationLevel
) -> None:
    """Such a caller would not see what was committed while it waited for a lock.

    A join would enter a pot that is locked, a lock would leave out an entry that is paid.
    """
    pot_id, full = game.pot(), game.pot(max_tickets=2)
    player = game.player(funds=100)
    entry_id = player.join(pot_id)["entry_id"]
    player.join(full, 2)
    game.stock(1)
    reason = {"reason": "a test"}
    calls: list[tuple[Caller, str, dict[str, object]]] = [
        (player, "join_pot", {"pot_id": pot_id, "ticket_count": 1}),
        (player, "cancel_entry", {"entry_id": entry_id}),
        (game.orchestrator, "lock_pot", {"pot_id": full}),
        (game.orchestrator, "run_due", {}),
        (game.orchestrator, "rotate_pots", {}),
        (game.orchestrator, "attest_lock", {"pot_id": full, "orchestrator_signature": "00" * 64}),
        (game.signer, "claim_settlement", {"pot_id": full}),
        (game.compliance, "pause_pot", {"pot_id": pot_id, **reason}),
        (game.compliance, "void_pot", {"pot_id": pot_id, **reason}),
        (
            game.treasury,
            "grant_credits",
            {"user_id": str(player.user_id), "amount": 1, "idempotency_key": "k", **reason},
        ),
    ]

    for caller, function, arguments in calls:
        caller.conn.isolation_level = level
        outcome = caller.attempt(function, **arguments)
        caller.conn.isolation_level = None
        assert isinstance(outcome, Refusal), function
        assert (outcome.code, outcome.token) == ("PT503", "busy"), function

    assert (game.status(pot_id), game.status(full)) == ("open", "open")
    assert player.balance() == 70
