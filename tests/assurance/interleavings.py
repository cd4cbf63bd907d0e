"""The harness of interleavings: two calls, stopped and let go step by step, in every order.

On a database of its own each helper that both kinds of calls go through begins with a point, and
so does each statement of a join, which asks no helper: there a session waits until it is let go. A
schedule lets one call come to its point i, the other to its point j, then the first to its end,
then the other. All i and j are played, and either call begins: every order with at most two
switches. A call that waits for a lock of the other is overtaken, and what comes of it is the same
from there on.

Pairs are played beside each other, each on a stage, a database of its own, since most of what one
takes is to wait.

A pair whose time is over before that has played those in which the other runs to its end, and of
the rest a sample: what is stopped where is in an order by the seed. How much that is is a figure,
of the schedules that the points which each call comes to by itself allow at most; another seed
plays others.

Whatever the order, answers, balances, states and chains must be those of one call after the other.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg

from pypot_cli.assure import Harness, Run
from pypot_cli.interrupts import spread
from tests.support.database import Database
from tests.support.game import Caller, Game, Pending, Refusal, assert_clean
from tests.support.servers import Servers, Template

PATIENCE_SECONDS = 60.0
_MOST_POINTS = 60
_STAGES = 3

# Where a call may be stopped: before each statement of these,
WRITERS = ("join_pot", "join_pots")
# and in what takes locks, reads state, moves money or writes the chain.
POINTS = (
    "caller_player", "fingerprint", "player_problem", "require_person", "actor_pseudonym",
    "hold_pot", "lock_wallet", "replayed", "guard_join", "take_tickets", "pot_totals",
    "take_entry_back", "post_transfer", "pay_back", "append_audit", "due_task", "freeze_pot",
    "cancel_pot", "settle_pot", "release_payout", "find_signer", "announce_pot", "remember",
    "send_messages",
)  # fmt: skip

# A line of a function's outer level that reads, locks or writes.
_STATEMENT = (
    r"(;\n(?:\n|    --[^\n]*\n)*)(?=    (?:perform|select|insert|update|delete|begin|with)\M)"
)

_STAGE = """
create schema interleave;
grant usage on schema interleave to public;

create function interleave.point() returns void language plpgsql as $$
declare
    v_session int := nullif(current_setting('interleave.session', true), '')::int;
    v_at int;
begin
    if v_session is null then
        return;
    end if;
    v_at := coalesce(nullif(current_setting('interleave.at', true), '')::int, 0) + 1;
    perform set_config('interleave.at', v_at::text, false);
    perform pg_advisory_lock_shared(v_session, v_at);
    perform pg_advisory_unlock_shared(v_session, v_at);
end
$$;

do $do$
declare
    v_function record;
    v_at int;
begin
    for v_function in
        select p.oid, pg_get_functiondef(p.oid) as is
        from pg_proc as p
        where p.pronamespace = 'private'::regnamespace and p.proname = any (%(points)s)
    loop
        if v_function.is !~ E'\\nbegin\\n' then
            raise '% has no place for a point', v_function.oid::regprocedure;
        end if;
        execute regexp_replace(
            v_function.is, E'\\nbegin\\n', E'\\nbegin\\n    perform interleave.point();\\n'
        );
    end loop;
    for v_function in
        select pg_get_functiondef(p.oid) as is
        from pg_proc as p
        where p.pronamespace = 'private'::regnamespace and p.proname = any (%(writers)s)
    loop
        v_at := strpos(v_function.is, E'\\nbegin\\n');
        execute left(v_function.is, v_at) || regexp_replace(
            substr(v_function.is, v_at + 1),
            %(statement)s,
            E'\\\\1    perform interleave.point();\\n',
            'g'
        );
    end loop;
end
$do$;
"""

_WAITS = """
select l.locktype = 'advisory' and l.objsubid = 2 and l.classid::int = %s
from pg_locks as l
where l.pid = %s and not l.granted
"""

_STATE = """
select jsonb_build_object(
    'pots', (
        select jsonb_agg(jsonb_build_array(
            p.status, p.paused_at is not null, p.total_tickets, p.winner_user_id is not null,
            (
                select coalesce(sum(e.ticket_count), 0)
                from public.pot_entries as e
                where e.pot_id = p.id and e.cancelled_at is null
            ),
            (
                select count(e.first_ticket) from public.pot_entries as e where e.pot_id = p.id
            ),
            (
                select sum(s.sold) from private.pot_stripes as s where s.pot_id = p.id
            ),
            private.account_balance(s.escrow_account),
            s.claimed_by is not null,
            (
                select h.outcome from private.payout_holds as h where h.pot_id = p.id
            ),
            (
                select jsonb_agg(a.action order by a.seq)
                from public.pots_audit as a
                where a.pot_id = p.id
            ),
            (
                select jsonb_agg(f.status) from private.flags as f where f.pot_id = p.id
            )
        ) order by p.created_at)
        from public.pots as p
        inner join private.pot_states as s on p.id = s.pot_id
        where p.id::text = any (%(pots)s)
    ),
    'balances', (
        select jsonb_agg(w.balance order by array_position(%(users)s, w.user_id::text))
        from private.wallets as w
        where w.user_id::text = any (%(users)s)
    )
)
"""

# What of an answer does not depend on chance or the clock, nor on joins that share no lock.
_TOLD = (
    "status", "cause", "balance", "credits_refunded", "credits_spent", "ticket_count",
    "paused", "payout", "decision", "total_tickets", "prize", "amount", "joined",
)  # fmt: skip


@dataclass(frozen=True)
class Call:
    """Somebody, a function, its arguments."""

    caller: Caller
    function: str
    arguments: dict[str, Any]


@dataclass
class Scene:
    """Two calls on fresh pots, and whose state is compared."""

    first: Call
    second: Call
    pots: list[str]
    users: list[str] = field(default_factory=list)


def told(answer: Any) -> Any:
    """What is compared of an answer."""
    if isinstance(answer, Refusal):
        return answer.token
    # run_due leaves to the next call what somebody else was faster with: its effect counts.
    if not isinstance(answer, dict) or "task" in answer:
        return None
    return {name: answer[name] for name in _TOLD if name in answer}


class Session:
    """A call under way, which waits at each point until it is let go."""

    def __init__(self, admin: psycopg.Connection[Any], number: int, call: Call) -> None:
        self._admin = admin
        self._number = number
        self._pid = call.caller.pid
        self._passed = 0
        admin.execute(
            "select pg_advisory_lock(%s::int, n) from generate_series(1, %s::int) as n",
            (number, _MOST_POINTS),
        )
        self._work = Pending(lambda: self._run(call))
        self.settle()

    def _run(self, call: Call) -> Any:
        settings = (
            ("interleave.session", str(self._number)),
            ("lock_timeout", "0"),
            ("statement_timeout", "0"),
        )
        call.caller.conn.execute("set interleave.at = ''")
        with call.caller.request(*settings) as ask:
            answer = ask(call.function, **call.arguments)
            # The last point: everything is done and nothing is committed.
            call.caller.conn.execute("select interleave.point()")
        return answer

    def settle(self) -> str:
        """Waits until it is at a point, waits for another's lock, or has ended; which of these."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if self._work.done:
                return "ended"
            row = self._admin.execute(_WAITS, (self._number, self._pid)).fetchone()
            if row is not None:
                return "stopped" if row[0] else "blocked"
            time.sleep(0.0005)
        raise AssertionError("neither goes on nor waits")

    def reach(self, point: int) -> bool:
        """Lets it go to a point; whether it came there."""
        while self._passed < point - 1:
            if self.settle() != "stopped":
                return False
            self._let_go(1)
        return self.settle() == "stopped"

    def finish(self) -> str:
        """Lets it go to its end; where it stands."""
        self._let_go(_MOST_POINTS - self._passed)
        return self.settle()

    def _let_go(self, points: int) -> None:
        if points > 0:
            self._admin.execute(
                "select pg_advisory_unlock(%s::int, n) from generate_series(%s::int, %s::int) as n",
                (self._number, self._passed + 1, self._passed + points),
            )
            self._passed += points

    def result(self) -> Any:
        """Its answer, or its refusal."""
        return self._work.result(PATIENCE_SECONDS)


# ------------------------------------------------------------------------------------- scenes

REASON: dict[str, Any] = {"reason": "a test"}


def _joined(game: Game, count: int, funds: int = 100, **terms: Any) -> tuple[str, list[Any]]:
    pot = game.pot(**terms)
    players = game.players(count, funds)
    for player in players:
        assert not isinstance(player.join(pot), Refusal)
    return pot, players


def _scene(first: Call, second: Call, pots: list[str], players: list[Any] | None = None) -> Scene:
    return Scene(first, second, pots, [str(each.user_id) for each in players or ()])


def _join(player: Any, pot: str, count: int = 1, key: str | None = None) -> Call:
    arguments = {"pot_id": pot, "ticket_count": count, "idempotency_key": key}
    return Call(player, "join_pot", arguments)


def _on(caller: Caller, function: str, pot: str, **more: Any) -> Call:
    return Call(caller, function, {"pot_id": pot, **more})


def _entry(game: Game, pot: str, player: Any) -> str:
    return str(
        game.value(
            "select id from public.pot_entries where pot_id = %s and user_id = %s",
            pot,
            player.user_id,
        )
    )


def _batch(
    game: Game, pot: str, players: list[Any], keys: list[str] | None = None, count: int = 1
) -> Call:
    batch = [
        {"pot_id": pot, "user_id": str(player.user_id), "ticket_count": count}
        | ({"idempotency_key": keys[place]} if keys else {})
        for place, player in enumerate(players)
    ]
    return Call(game.caller("service_role"), "join_pots", {"batch": batch})


def _against_a_batch(function: str, *, full: bool = False, **more: str) -> Callable[[Game], Scene]:
    """Two joins at once, which take the last tickets if the transition needs a full pot."""

    def scene(game: Game) -> Scene:
        pot, players = _joined(game, 2, max_tickets=4 if full else 6)
        joiners = game.players(2, 100)
        caller = game.orchestrator if function == "lock_pot" else game.compliance
        batch = _batch(game, pot, joiners)
        return _scene(batch, _on(caller, function, pot, **more), [pot], [*players, *joiners])

    return scene


def _batch_and_join(game: Game) -> Scene:
    """Three who want the last two tickets."""
    pot, players = _joined(game, 1, max_tickets=3)
    *two, one = game.players(3, 100)
    return _scene(_batch(game, pot, two), _join(one, pot), [pot], [*players, *two, one])


def _two_batches(game: Game) -> Scene:
    """The same two joins twice, handed on by two servers, the other way round."""
    pot, players = game.pot(), game.players(2, 100)
    one = _batch(game, pot, players, [f"{pot} 0", f"{pot} 1"])
    two = _batch(game, pot, players[::-1], [f"{pot} 1", f"{pot} 0"])
    return _scene(one, two, [pot], players)


def _two_batches_for_the_last_tickets(game: Game) -> Scene:
    """Each has two joins that go by themselves, and the pot has room for two of the four."""
    pot, players = game.pot(entry_cost=1, max_tickets=50), game.players(4, 100)
    for player in players:
        game.compliance.call(
            "set_guard_rail", scope="user", scope_id=str(player.user_id), rule="joins_per_day",
            value="1000", **REASON,
        )  # fmt: skip
    one, two = (_batch(game, pot, each, count=20) for each in (players[:2], players[2:]))
    return _scene(one, two, [pot], players)


def _join_and_limit(function: str, **arguments: Any) -> Callable[[Game], Scene]:
    """A player joins by one connection and is kept from it by another, or by compliance."""

    def scene(game: Game) -> Scene:
        pot, player = game.pot(), game.player(100)
        if function != "erase_player":
            player.join(pot)
        is_own = function in ("set_play_limits", "start_cool_off", "self_exclude")
        caller = game.again(player.user_id) if is_own else game.compliance
        user_id = str(player.user_id)
        given = {
            name: user_id if value == "user_id" else value for name, value in arguments.items()
        }
        return _scene(_join(player, pot), Call(caller, function, given), [pot], [player])

    return scene


def _two_grants(game: Game) -> Scene:
    player = game.player()
    grant = {
        "user_id": str(player.user_id), "amount": 7, "reason": "a test",
        "idempotency_key": str(uuid.uuid4()),
    }  # fmt: skip
    calls = [Call(game.caller("pot_treasury"), "grant_credits", grant) for _ in range(2)]
    return _scene(calls[0], calls[1], [], [player])


def _attest_and(function: str) -> Callable[[Game], Scene]:
    def scene(game: Game) -> Scene:
        pot, players = _joined(game, 2, max_tickets=2)
        game.lock(pot)
        message = b"pots/orchestrator/v1\0" + game.lock_digest(pot)
        signature = game.orchestrator_key.sign(message).hex()
        attests = [
            _on(game.caller("pot_orchestrator"), "attest_lock", pot,
                orchestrator_signature=signature)
            for _ in range(2)
        ]  # fmt: skip
        other = {
            "attest_lock": attests[1],
            "claim_settlement": _on(game.signer, "claim_settlement", pot),
            "void_pot": _on(game.compliance, "void_pot", pot, reason="a test"),
        }[function]
        return _scene(attests[0], other, [pot], players)

    return scene


def _against_a_join(function: str, *, full: bool = False, **more: str) -> Callable[[Game], Scene]:
    """A join of a third player, who takes the last ticket if the transition needs a full pot."""

    def scene(game: Game) -> Scene:
        pot, players = _joined(game, 2, max_tickets=3 if full else 5)
        (joiner,) = game.players(1, 100)
        caller = game.orchestrator if function in ("lock_pot", "run_due") else game.compliance
        other = (
            Call(caller, "run_due", {}) if function == "run_due"
            else _on(caller, function, pot, **more)
        )  # fmt: skip
        return _scene(_join(joiner, pot), other, [pot], [*players, joiner])

    return scene


def _cancel_and(function: str, **more: Any) -> Callable[[Game], Scene]:
    """A player leaves a full pot while something else is done to it."""

    def scene(game: Game) -> Scene:
        pot, players = _joined(game, 2, max_tickets=2)
        leaves = Call(players[0], "cancel_entry", {"entry_id": _entry(game, pot, players[0])})
        caller = game.orchestrator if function in ("lock_pot", "run_due") else game.compliance
        arguments = {} if function == "run_due" else {"pot_id": pot, **more}
        return _scene(leaves, Call(caller, function, arguments), [pot], players)

    return scene


def _exclude_and(function: str) -> Callable[[Game], Scene]:
    def scene(game: Game) -> Scene:
        pot, players = _joined(game, 2, max_tickets=2)
        entry = _entry(game, pot, players[0])
        out = Call(game.compliance, "exclude_entry", {"entry_id": entry, "reason": "a test"})
        other = {
            "lock_pot": lambda: _on(game.orchestrator, "lock_pot", pot),
            "cancel_entry": lambda: Call(players[0], "cancel_entry", {"entry_id": entry}),
            "join_pot": lambda: _join(players[0], pot),
        }[function]()
        return _scene(out, other, [pot], players)

    return scene


def _join_and_cancel(game: Game) -> Scene:
    """One player, two connections, a cap of one: the join fits only after the cancellation."""
    pot, (player,) = _joined(game, 1, max_per_user=1)
    leaves = Call(player, "cancel_entry", {"entry_id": _entry(game, pot, player)})
    return _scene(_join(game.again(player.user_id), pot), leaves, [pot], [player])


def _last_ticket(game: Game) -> Scene:
    pot, players = _joined(game, 1, max_tickets=2)
    one, two = game.players(2, 100)
    return _scene(_join(one, pot), _join(two, pot), [pot], [*players, one, two])


def _funds_for_one(game: Game) -> Scene:
    pots = [game.pot(entry_cost=10), game.pot(entry_cost=10)]
    player = game.player(15)
    return _scene(
        _join(player, pots[0]), _join(game.again(player.user_id), pots[1]), pots, [player]
    )


def _one_key(game: Game) -> Scene:
    pot, player = game.pot(), game.player(100)
    again = game.again(player.user_id)
    return _scene(_join(player, pot, 1, pot), _join(again, pot, 1, pot), [pot], [player])


def _settling(game: Game, flagged: bool = False) -> tuple[str, list[Any], list[str]]:
    pot, players = _joined(game, 1 if flagged else 2, max_tickets=1 if flagged else 2)
    game.lock(pot)
    game.attest(pot)
    flags = [game.flag(pot, players[0].user_id)] if flagged else []
    game.signer.call("claim_settlement", pot_id=pot)
    return pot, players, flags


def _reveal(game: Game, pot: str) -> Call:
    return Call(game.signer, "reveal_pot", game.reveal_arguments(pot))


def _reveal_and_void(game: Game) -> Scene:
    pot, _, _ = _settling(game)
    return _scene(_reveal(game, pot), _on(game.compliance, "void_pot", pot, reason="a test"), [pot])


def _two_reveals(game: Game) -> Scene:
    pot, _, _ = _settling(game)
    again = Call(game.caller("pot_settlement"), "reveal_pot", game.reveal_arguments(pot))
    return _scene(_reveal(game, pot), again, [pot])


def _winner_joins(game: Game) -> Scene:
    """The only player of one pot wins it while joining another: one wallet."""
    pot, players = _joined(game, 1, max_tickets=1)
    game.lock(pot)
    game.attest(pot)
    game.signer.call("claim_settlement", pot_id=pot)
    other = game.pot()
    return _scene(_join(players[0], other, 2), _reveal(game, pot), [pot, other], players)


def _review_and_settle(decision: str) -> Callable[[Game], Scene]:
    def scene(game: Game) -> Scene:
        pot, players, flags = _settling(game, flagged=True)
        judged = {"flag_id": flags[0], "decision": decision, "reason": "a test"}
        return _scene(
            Call(game.compliance, "review_flag", judged), _reveal(game, pot), [pot], players
        )

    return scene


def _two_reviews(one: str, two: str, *, proposed: bool = False) -> Callable[[Game], Scene]:
    """Two officers judge the flag that holds a prize; it may have been proposed by a third."""

    def scene(game: Game) -> Scene:
        pot, players, flags = _settling(game, flagged=True)
        game.reveal(pot)
        officers = [
            game.caller("pot_compliance", {"sub": f"00000000-0000-4000-8000-00000000000{n}"})
            for n in range(3)
        ]

        def judge(officer: Caller, decision: str) -> Call:
            arguments = {"flag_id": flags[0], "decision": decision, "reason": "a test"}
            return Call(officer, "review_flag", arguments)

        if proposed:
            third = judge(officers[2], "uphold")
            third.caller.call(third.function, **third.arguments)
        return _scene(judge(officers[0], one), judge(officers[1], two), [pot], players)

    return scene


def _two_run_due(game: Game) -> Scene:
    pot, players = _joined(game, 2, max_tickets=2)
    calls = [Call(game.caller("pot_orchestrator"), "run_due", {}) for _ in range(2)]
    return _scene(calls[0], calls[1], [pot], players)


def _two_locks(game: Game) -> Scene:
    pot, players = _joined(game, 2, max_tickets=2)
    calls = [_on(game.caller("pot_orchestrator"), "lock_pot", pot) for _ in range(2)]
    return _scene(calls[0], calls[1], [pot], players)


def _two_claims(named: bool) -> Callable[[Game], Scene]:
    def scene(game: Game) -> Scene:
        if not named:
            # What earlier scenes left to claim is not for these two.
            while game.caller("pot_settlement", {"sub": str(uuid.uuid4())}).call(
                "claim_settlement", pot_id=None
            ):
                pass
        pot, players = _joined(game, 2, max_tickets=2)
        game.lock(pot)
        game.attest(pot)
        signers = [
            game.caller("pot_settlement", {"sub": f"00000000-0000-4000-9000-00000000000{n}"})
            for n in range(2)
        ]
        calls = [_on(each, "claim_settlement", pot if named else "") for each in signers]
        if not named:
            for call in calls:
                call.arguments["pot_id"] = None
        return _scene(calls[0], calls[1], [pot], players)

    return scene


def _claim_and_void(game: Game) -> Scene:
    pot, players = _joined(game, 2, max_tickets=2)
    game.lock(pot)
    game.attest(pot)
    void = _on(game.compliance, "void_pot", pot, reason="a test")
    return _scene(_on(game.signer, "claim_settlement", pot), void, [pot], players)


def _pause_and_lock(game: Game) -> Scene:
    pot, players = _joined(game, 2, max_tickets=2)
    pause = _on(game.compliance, "pause_pot", pot, reason="a test")
    return _scene(pause, _on(game.orchestrator, "lock_pot", pot), [pot], players)


def _resume_and_join(game: Game) -> Scene:
    pot, player = game.pot(), game.player(100)
    game.compliance.call("pause_pot", pot_id=pot, reason="a test")
    resume = _on(game.compliance, "resume_pot", pot, reason="a test")
    return _scene(_join(player, pot), resume, [pot], [player])


def _grant_and_join(game: Game) -> Scene:
    """The join can be paid only once the grant is there."""
    pot, player = game.pot(entry_cost=10), game.player(5)
    grant = {"user_id": player.user_id, "amount": 7, "reason": "a test", "idempotency_key": None}
    return _scene(_join(player, pot), Call(game.treasury, "grant_credits", grant), [pot], [player])


SCENES: dict[str, Callable[[Game], Scene]] = {
    "join, lock": _against_a_join("lock_pot", full=True),
    "join, run_due": _against_a_join("run_due", full=True),
    "join, pause": _against_a_join("pause_pot", **REASON),
    "join, void": _against_a_join("void_pot", **REASON),
    "join, cancel": _join_and_cancel,
    "join, join: one ticket": _last_ticket,
    "join, join: one wallet": _funds_for_one,
    "join, join: one key": _one_key,
    "join, settle: one wallet": _winner_joins,
    "join, resume": _resume_and_join,
    "join, grant": _grant_and_join,
    "join, limits": _join_and_limit("set_play_limits", day=10, week=None, month=None),
    "join, cool-off": _join_and_limit("start_cool_off", hours=24),
    "join, self-exclusion": _join_and_limit("self_exclude", days=180),
    "join, staff": _join_and_limit("set_staff", user_id="user_id", staff=True, **REASON),
    "join, guard rail": _join_and_limit(
        "set_guard_rail",
        scope="user",
        scope_id="user_id",
        rule="joins_per_day",
        value="1",
        **REASON,
    ),
    "join, erase": _join_and_limit("erase_player", user_id="user_id", forfeit=True, **REASON),
    "batch, lock": _against_a_batch("lock_pot", full=True),
    "batch, pause": _against_a_batch("pause_pot", **REASON),
    "batch, void": _against_a_batch("void_pot", **REASON),
    "batch, join: last tickets": _batch_and_join,
    "batch, batch: the same keys": _two_batches,
    "batch, batch: last tickets": _two_batches_for_the_last_tickets,
    "grant, grant: one key": _two_grants,
    "attest, attest": _attest_and("attest_lock"),
    "attest, claim": _attest_and("claim_settlement"),
    "attest, void": _attest_and("void_pot"),
    "cancel, lock": _cancel_and("lock_pot"),
    "cancel, run_due": _cancel_and("run_due"),
    "cancel, void": _cancel_and("void_pot", **REASON),
    "cancel, pause": _cancel_and("pause_pot", **REASON),
    "exclude, lock": _exclude_and("lock_pot"),
    "exclude, cancel": _exclude_and("cancel_entry"),
    "exclude, join": _exclude_and("join_pot"),
    "pause, lock": _pause_and_lock,
    "clear, settle": _review_and_settle("clear"),
    "uphold, settle": _review_and_settle("uphold"),
    "clear, clear": _two_reviews("clear", "clear"),
    "clear, uphold": _two_reviews("clear", "uphold", proposed=True),
    "uphold, uphold": _two_reviews("uphold", "uphold"),
    "reveal, void": _reveal_and_void,
    "reveal, reveal": _two_reveals,
    "claim, claim": _two_claims(True),
    "claim, claim: any": _two_claims(False),
    "claim, void": _claim_and_void,
    "lock, lock": _two_locks,
    "run_due, run_due": _two_run_due,
}


# ---------------------------------------------------------------------------------- exploring


@dataclass(frozen=True)
class Schedule:
    """Who began, 0 or 1, where it and the other were stopped, and what came of it."""

    begins: int
    i: int
    j: int
    outcome: Any


class Stage:
    """A database with points in it, and somebody who lets sessions go."""

    def __init__(self, db: Database, broken: str = "") -> None:
        self.db = db
        self.admin = db.admin()
        if broken:
            self.admin.execute(broken.encode())
        with psycopg.ClientCursor(self.admin) as cursor:
            cursor.execute(
                _STAGE.replace("'% has", "'%% has").encode(),
                {"points": list(POINTS), "writers": list(WRITERS), "statement": _STATEMENT},
            )
        self.game = Game(db)

    @contextlib.contextmanager
    def playing(self, name: str) -> Iterator[Scene]:
        """A scene on fresh pots; its connections end with the block."""
        # What earlier scenes left due is not for this one's run_due.
        while self.game.orchestrator.call("run_due") is not None:
            pass
        try:
            yield SCENES[name](self.game)
        finally:
            self.admin.execute("select pg_advisory_unlock_all()")
            self.game.close_all_but_services()

    def outcome(self, scene: Scene, answers: list[Any]) -> Any:
        """What is compared: both answers, and everything that they changed."""
        with psycopg.ClientCursor(self.admin) as cursor:
            cursor.execute(_STATE.encode(), {"pots": scene.pots, "users": scene.users})
            (state,) = cursor.fetchone() or (None,)
        return [told(each) for each in answers], state

    def serial(self, name: str, *, turned: bool) -> Any:
        """One call after the other."""
        with self.playing(name) as scene:
            calls = [scene.first, scene.second]
            order = [1, 0] if turned else [0, 1]
            answers: dict[int, Any] = {
                place: calls[place].caller.attempt(calls[place].function, **calls[place].arguments)
                for place in order
            }
            return self.outcome(scene, [answers[0], answers[1]])

    def interleaved(self, name: str, begins: int, i: int, j: int) -> tuple[Any, bool, bool]:
        """One schedule: what came of it, and whether each call came to its point at all."""
        with self.playing(name) as scene:
            calls = (scene.first, scene.second)
            one = Session(self.admin, 1, calls[begins])
            one_came = one.reach(i)
            two = Session(self.admin, 2, calls[1 - begins])
            two_came = two.reach(j)
            one.finish()
            two.finish()
            answers = [one.result(), two.result()]
            return self.outcome(scene, answers[::-1] if begins else answers), one_came, two_came

    def points(self, name: str) -> tuple[int, int]:
        """How many points each call comes to by itself, the one before its commit included."""
        counts = []
        for place in (0, 1):
            with self.playing(name) as scene:
                session = Session(self.admin, 1, (scene.first, scene.second)[place])
                counts.append(sum(1 for i in range(1, _MOST_POINTS) if session.reach(i)))
                session.finish()
                session.result()
        return counts[0], counts[1]

    def schedules(self, name: str, chance: random.Random) -> Iterator[Schedule]:
        """Plays every schedule of a scene.

        Those in which the other runs to its end come first: most of what can go wrong is there.
        The others follow by where who begins is stopped, in an order of chance.
        """
        rows = []
        for begins in (0, 1):
            for i in range(1, _MOST_POINTS):
                outcome, came, _ = self.interleaved(name, begins, i, _MOST_POINTS)
                yield Schedule(begins, i, _MOST_POINTS, outcome)
                rows.append((begins, i))
                if not came:
                    break
        chance.shuffle(rows)
        for begins, i in rows:
            for j in range(1, _MOST_POINTS):
                outcome, _, came = self.interleaved(name, begins, i, j)
                if not came:
                    break  # it waits, or has ended: that was played
                yield Schedule(begins, i, j, outcome)


@contextlib.contextmanager
def staged(servers: Servers, broken: str = "") -> Iterator[Stage]:
    """A stage on a database of its own, which goes with it."""
    db = servers.create(Template(17))
    stage = Stage(db, broken)
    try:
        yield stage
    finally:
        stage.game.close()
        stage.admin.close()
        servers.drop(db)


@dataclass
class Explored:
    """What was played of a pair: `whole` unless it was ended before, and what equals no order."""

    played: int = 0
    whole: bool = True
    found: str | None = None


def explore(
    stage: Stage,
    name: str,
    enough: Callable[[int], bool] = lambda _: False,
    chance: random.Random | None = None,
) -> Explored:
    """Plays the schedules of a scene until `enough` of them, or one that equals no serial order."""
    orders = [stage.serial(name, turned=False), stage.serial(name, turned=True)]
    explored = Explored()
    for each in stage.schedules(name, chance or random.Random(0)):
        explored.played += 1
        if each.outcome not in orders:
            who = "the second" if each.begins else "the first"
            explored.found = (
                f"{name}: {who} stopped at its point {each.i}, the other at {each.j}:"
                f" {each.outcome}; one after the other: {orders}"
            )
            explored.whole = False
            break
        if enough(explored.played):
            explored.whole = False
            break
    return explored


def at_most(points: tuple[int, int]) -> int:
    """Schedules of two calls that come to so many points: none waits, and each is let go at all.

    Of each place of the one that begins, the end included: the other is let go to its end, or
    stopped at each of its points.
    """
    one, two = points
    return (one + 1) * (two + 1) + (two + 1) * (one + 1)


def _is_over(going: Run, until: float, _: int) -> bool:
    return going.elapsed > until


@dataclass
class Trial:
    """A run of the harness: the pairs that are left, and what was played of the others."""

    going: Run
    names: list[str]
    _counting: threading.Lock = field(default_factory=threading.Lock)
    _played: int = 0
    _allowed: int = 0

    def work(self, stage: Stage) -> None:
        """Plays one pair after the other on a stage, each within its share of the time."""
        going = self.going
        while self.names:
            name = self.names.pop()
            until = going.elapsed + max(going.left, 0) / (len(self.names) / _STAGES + 1)
            most = at_most(stage.points(name))
            chance = random.Random(f"{going.seed} {name}")
            explored = explore(stage, name, partial(_is_over, going, until), chance)
            self._count(name, explored, most)
        assert_clean(stage.db)

    def _count(self, name: str, explored: Explored, most: int) -> None:
        going = self.going
        with self._counting:
            going.count("schedules", explored.played)
            going.count("pairs played whole", int(explored.whole))
            going.count("pairs")
            # A pair that was played whole has no more than it played.
            self._played += explored.played
            self._allowed += explored.played if explored.whole else max(most, explored.played)
            going.figure("share of the schedules, at least", round(self._played / self._allowed, 3))
            going.say(f"{name}: {explored.played} schedules of at most {most}")
            if explored.found is not None:
                going.fail(explored.found)


def run(going: Run) -> None:
    """Plays every pair, in an order by the seed."""
    names = sorted(SCENES)
    random.Random(going.seed).shuffle(names)
    trial = Trial(going, names)
    servers = Servers()
    try:
        with contextlib.ExitStack() as ends:
            # One after the other, since the first makes what the others are made of.
            stages = [ends.enter_context(staged(servers)) for _ in range(_STAGES)]
            with ThreadPoolExecutor(_STAGES) as pool:
                list(spread(pool, trial.work, stages))
    finally:
        servers.stop()


HARNESS = Harness(
    name="interleavings",
    what="Two calls are stopped and let go step by step; all must come out as one after the other",
    minutes=15,
    threats=(13, 14, 16, 17, 19, 20, 21),
    controls=("tests/assurance/test_interleavings.py::test_a_broken_build_is_found_out",),
    run=run,
)
