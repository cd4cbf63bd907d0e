"""A timeout or a cancel request at any moment of a call: all of it was done, or nothing."""

import contextlib
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.pq import TransactionStatus

from tests.support.game import Caller, Game, Json, Pending, Player, Refusal, race

BUSY = Refusal("PT503", "busy")
CANCELS = 40


@dataclass
class Call:
    """A call to interrupt, and what the database looks like to those it is about."""

    caller: Caller
    function: str
    arguments: Json
    state: Callable[[], Any]


def filled_pot(game: Game, entries: int = 120) -> tuple[str, list[Player]]:
    """A full pot with enough entries that its lock, its payout and its refunds take a while."""
    pot_id = game.pot(max_tickets=entries, entry_cost=1)
    players = game.players(4, funds=100)

    def fill(player: Player) -> None:
        for _ in range(entries // len(players)):
            player.call("join_pot", pot_id=pot_id, ticket_count=1)

    race([partial(fill, player) for player in players])
    return pot_id, players


def everything_about(game: Game, pot_id: str) -> Callable[[], Any]:
    """Reads all that a call on the pot may write, as one value to compare."""

    def read() -> list[tuple[Any, ...]]:
        return game.rows(
            """
            select
                p.status::text, p.reveal_seed, p.lock_digest, p.paused_at, s.version, s.chain_seq,
                s.lease_until,
                (select count(*) from public.pots_audit as a where a.pot_id = p.id),
                (select count(*) from private.transfers as t where t.pot_id = p.id),
                (select count(*) from public.pot_entries as e
                    where e.pot_id = p.id and e.cancelled_at is null),
                (select count(*) from public.pot_entries as e
                    where e.pot_id = p.id and e.first_ticket is not null),
                (select sum(c.sold) from private.pot_stripes as c where c.pot_id = p.id),
                (select count(*) from private.merkle_levels as m where m.tree_id = p.id),
                (select count(*) from realtime.messages as m
                    where m.payload ->> 'pot_id' = p.id::text),
                (select sum(w.balance) from private.wallets as w)
            from public.pots as p
            inner join private.pot_states as s on p.id = s.pot_id
            where p.id = %s
            """,
            pot_id,
        )

    return read


def prepare_join(game: Game) -> Call:
    """A join."""
    pot_id = game.pot(max_tickets=100_000)
    player = game.player(funds=1_000_000)
    arguments = {"pot_id": pot_id, "ticket_count": 1}
    return Call(player, "join_pot", arguments, everything_about(game, pot_id))


def prepare_lock(game: Game) -> Call:
    """The lock of a full pot."""
    pot_id, _ = filled_pot(game)
    return Call(game.orchestrator, "lock_pot", {"pot_id": pot_id}, everything_about(game, pot_id))


def prepare_reveal(game: Game) -> Call:
    """A valid reveal."""
    pot_id, _ = filled_pot(game)
    game.to_settling(pot_id)
    arguments = game.reveal_arguments(pot_id)
    return Call(game.signer, "reveal_pot", arguments, everything_about(game, pot_id))


def prepare_void(game: Game) -> Call:
    """The refund of everybody."""
    pot_id, _ = filled_pot(game)
    arguments = {"pot_id": pot_id, "reason": "a test"}
    return Call(game.compliance, "void_pot", arguments, everything_about(game, pot_id))


def prepare_cancel(game: Game) -> Call:
    """The refund of one entry."""
    pot_id = game.pot()
    player = game.player(funds=100)
    arguments = {"entry_id": player.join(pot_id)["entry_id"]}
    return Call(player, "cancel_entry", arguments, everything_about(game, pot_id))


each_call = pytest.mark.parametrize(
    "prepare",
    [prepare_join, prepare_lock, prepare_reveal, prepare_void, prepare_cancel],
    ids=lambda prepare: prepare.__name__.removeprefix("prepare_"),
)


@each_call
def test_a_statement_timeout_at_any_moment_undoes_all_of_the_call(
    game: Game, prepare: Callable[[Game], Call]
) -> None:
    call = prepare(game)
    before = call.state()
    busy = 0

    # Each round reaches further into the call, until one is long enough for it to end.
    for timeout_ms in (1, 2, 3, 4, 5, 6, 8, 11, 15, 22, 33, 50, 75, 110, 170, 250, 60_000):
        outcome = interrupted(call, timeout_ms)
        if not isinstance(outcome, Refusal):
            break
        assert outcome == BUSY
        assert call.state() == before
        busy += 1

    assert not isinstance(outcome, Refusal)
    assert busy
    assert call.state() != before


def interrupted(call: Call, timeout_ms: int) -> Any:
    """Makes the call with a statement timeout; the answer or the refusal."""
    conn = call.caller.conn
    try:
        with call.caller.request(("statement_timeout", f"{timeout_ms}ms")) as request:
            return request(call.function, **call.arguments)
    except psycopg.errors.QueryCanceled:
        # Before the function began or after it ended there is nobody to say busy.
        return BUSY
    except psycopg.Error as error:
        return Refusal(
            str(error.sqlstate),
            str(error.diag.message_primary),
            json.loads(error.diag.message_detail or "{}"),
        )
    finally:
        # A BEGIN or a ROLLBACK that was cancelled itself leaves its transaction open.
        while conn.info.transaction_status is not TransactionStatus.IDLE:
            with contextlib.suppress(psycopg.errors.QueryCanceled):
                conn.rollback()


@each_call
def test_a_cancel_request_at_any_moment_undoes_all_of_the_call(
    game: Game, prepare: Callable[[Game], Call]
) -> None:
    call = prepare(game)
    before = call.state()
    moments = random.Random(7)
    started = time.monotonic()
    outcome: Any = BUSY
    with game.db.admin() as admin:
        for _ in range(CANCELS):
            pending = Pending(lambda: interrupted(call, 60_000))
            time.sleep(moments.uniform(0, 0.01))
            while not pending.done and time.monotonic() - started < 30:
                admin.execute("select pg_cancel_backend(%s)", (call.caller.pid,))
                time.sleep(moments.uniform(0.001, 0.005))
            outcome = pending.result()
            if not isinstance(outcome, Refusal):
                break
            assert outcome == BUSY
            assert call.state() == before

    if isinstance(outcome, Refusal):
        outcome = interrupted(call, 60_000)
    assert not isinstance(outcome, Refusal)
    assert call.state() != before


def test_joins_cancelled_at_random_count_exactly_those_that_were_answered(game: Game) -> None:
    pot_id = game.pot(max_tickets=1_000_000, entry_cost=1)
    players = game.players(6, funds=100_000)
    outcomes: list[Any] = []
    over = threading.Event()

    def play(player: Player) -> None:
        call = Call(player, "join_pot", {"pot_id": pot_id, "ticket_count": 1}, lambda: None)
        for _ in range(60):
            outcomes.append(interrupted(call, 60_000))

    def cancel() -> None:
        moments = random.Random(11)
        with game.db.admin() as admin:
            while not over.wait(moments.uniform(0, 0.004)):
                admin.execute("select pg_cancel_backend(%s)", (moments.choice(players).pid,))

    canceller = Pending(cancel)
    race([partial(play, player) for player in players])
    over.set()
    canceller.result()

    joined = [outcome for outcome in outcomes if outcome != BUSY]
    assert all(isinstance(outcome, dict) for outcome in joined)
    assert 0 < len(joined) < len(outcomes)
    assert game.tickets_sold(pot_id) == len(joined) == game.escrow(pot_id)


# ------------------------------------------------------------------- lock timeouts

LOCK_TIMEOUT = ("lock_timeout", "60ms")


def attempt_within(caller: Caller, function: str, **arguments: Any) -> Any:
    """Calls with a short lock timeout; the answer or the refusal."""

    def work() -> Any:
        with caller.request(LOCK_TIMEOUT) as call:
            return call(function, **arguments)

    return Pending(work).result()


def test_a_join_that_waits_too_long_for_a_lock_is_busy_and_unharmed(game: Game) -> None:
    pot_id = game.pot(max_tickets=1)
    first, second = game.players(2, funds=100)

    with first.request() as call:
        call("join_pot", pot_id=pot_id, ticket_count=1)
        assert attempt_within(second, "join_pot", pot_id=pot_id, ticket_count=1) == BUSY

    assert (first.balance(), second.balance()) == (90, 100)


def test_a_transition_that_waits_too_long_is_busy_and_changes_nothing(game: Game) -> None:
    pot_id = game.pot()
    player = game.player(funds=100)
    reason = {"reason": "a test"}

    with player.request() as call:
        call("join_pot", pot_id=pot_id, ticket_count=1)
        game.pass_time(7200)
        assert attempt_within(game.orchestrator, "lock_pot", pot_id=pot_id) == BUSY
        assert attempt_within(game.compliance, "pause_pot", pot_id=pot_id, **reason) == BUSY
        assert attempt_within(game.compliance, "void_pot", pot_id=pot_id, **reason) == BUSY
        assert game.actions(pot_id) == ["created"]

    assert game.lock(pot_id)["total_tickets"] == 1


def test_run_due_sets_a_pot_aside_that_it_cannot_get_and_goes_on_to_the_next(game: Game) -> None:
    held, free = game.pot(), game.pot()
    player, other = game.players(2, funds=100)
    other.join(free)

    with player.request() as call:
        call("join_pot", pot_id=held, ticket_count=1)
        game.pass_time(7200)
        first = attempt_within(game.orchestrator, "run_due")
        second = attempt_within(game.orchestrator, "run_due")
        third = attempt_within(game.orchestrator, "run_due")
        fourth = attempt_within(game.orchestrator, "run_due")

    assert (first["pot_id"], first["task"]) == (held, "set_aside")
    assert (second["pot_id"], second["task"]) == (free, "lock")
    assert (third["pot_id"], third["task"]) == (free, "scan")
    assert fourth is None
    game.pass_time(7200 + 61)
    later = game.orchestrator.call("run_due")
    assert (later["pot_id"], later["result"]["total_tickets"]) == (held, 1)


def test_run_due_sets_a_pot_aside_that_takes_longer_than_a_statement_may(game: Game) -> None:
    held = game.pot()
    player, _ = game.players(2, funds=100)

    with player.request() as call:
        call("join_pot", pot_id=held, ticket_count=1)
        game.pass_time(7200)
        with game.orchestrator.request(("statement_timeout", "500ms")) as due:
            first = due("run_due")
        assert game.orchestrator.call("run_due") is None

    assert (first["pot_id"], first["task"]) == (held, "set_aside")
    assert (
        game.value("select detail ->> 'sqlstate' from private.alerts where kind = 'pot_stuck'")
        == "57014"
    )


# ------------------------------------------------------------------- no connections


def test_a_database_without_free_connections_refuses_new_ones_and_serves_the_others(
    game: Game,
) -> None:
    pot_id = game.pot()
    player, other = game.players(2, funds=100)
    database = sql.Identifier(game.db.name)
    limit = sql.SQL("alter database {} connection limit {}")
    with game.db.admin() as admin:
        row = admin.execute(
            "select count(*) from pg_stat_activity where datname = current_database()"
        ).fetchone()
        assert row is not None
        admin.execute(limit.format(database, row[0]))

        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            game.again(other.user_id)
        assert player.join(pot_id)["balance"] == 90

        other.close()
        admin.execute(limit.format(database, -1))
    assert game.again(other.user_id).join(pot_id)["balance"] == 90
