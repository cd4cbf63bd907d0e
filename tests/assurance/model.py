"""The harness of random calls: every role calls at random, and a model in Python foretells it.

`Machine` is a stateful test of hypothesis. Each example has a database of its own, with a clock
that stands still unless it is moved, so that the model can tell every answer beforehand. `World` is
the model: pots, ledger and draw as documented; it shares no code with the product. After each step
the database has the model's balances, states, tickets and chains, and the quick invariants of
`pypot check` hold; at the end of an example all of them do.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import itertools
import secrets
import time
import traceback
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import hypothesis
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, Phase, strategies
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pypot_cli import check
from pypot_cli.assure import Harness, Run
from pypot_cli.beacon.local import LocalBeacon
from pypot_cli.db.request import api_request
from pypot_cli.keys import new_secret
from tests.support.database import Database, player_claims
from tests.support.game import Refusal, answer_of, assert_clean, public_hex, refusal_or
from tests.support.servers import Servers, Template

T = TypeVar("T")
Json = dict[str, Any]

PLAYERS = 4
OFFICERS = 3
SIGNERS = 2
REVEAL_TIMEOUT = timedelta(minutes=10)
CLAIM_LEASE = timedelta(minutes=1)

# Of pypot check: those that a step can break and that take a millisecond or two.
QUICK = (
    "ledger_sum", "wallet_balances", "escrows", "entry_payments", "entry_refunds", "user_caps",
    "stripes", "payouts", "winners", "hold_balances", "chain_links", "chain_states",
    "ticket_numbers", "pot_columns",
)  # fmt: skip

# Actions of chains that the report counts: the ends that pots came to, and what is rare.
_TOLD = ("settled", "cancelled", "payout_held", "payout_released", "reveal_rejected", "excluded")

# A clock that is set: every decision asks private.now() and nothing else.
_CLOCK = """
create schema model;
create table model.clock as select date_trunc('second', clock_timestamp()) as at;
grant usage on schema model to public;
grant select on model.clock to public;
create or replace function private.now() returns timestamptz language plpgsql volatile
set search_path = '' as $$ begin return (select c.at from model.clock as c); end $$;
-- What detection finds by itself is noted and holds nothing; the flags that do are the machine's.
delete from private.flag_policies;
"""

_STATE = """
select
    (select jsonb_object_agg(w.user_id, w.balance) from private.wallets as w),
    (
        select jsonb_object_agg(p.id, jsonb_build_object(
            'status', p.status,
            'paused', p.paused_at is not null,
            'locks_at', p.locks_at,
            'sold', (
                select coalesce(sum(e.ticket_count), 0)
                from public.pot_entries as e
                where e.pot_id = p.id and e.cancelled_at is null
            ),
            'escrow', private.account_balance(s.escrow_account),
            'held', coalesce((
                select private.account_balance(a.id)
                from private.accounts as a
                where a.pot_id = p.id and a.kind = 'hold'
            ), 0),
            'chain', (
                select jsonb_agg(a.action order by a.seq)
                from public.pots_audit as a
                where a.pot_id = p.id
            )
        ))
        from public.pots as p
        inner join private.pot_states as s on p.id = s.pot_id
    )
"""


# ---------------------------------------------------------------------------------- the model


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _u64(number: int) -> bytes:
    return number.to_bytes(8, "big")


def merkle_root(leaves: list[tuple[int, bytes]]) -> tuple[int, bytes]:
    """Sum and hash of a tree of the shape of RFC 6962 over leaves that are sum and hash."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = merkle_root(leaves[:split]), merkle_root(leaves[split:])
    joined = b"\1" + _u64(left[0]) + left[1] + _u64(right[0]) + right[1]
    return left[0] + right[0], hashlib.sha256(joined).digest()


@dataclass
class Entry:
    """One entry: `gone` once it was cancelled, excluded or refunded with its pot."""

    id: str
    user: int
    tickets: int
    tag: bytes
    gone: bool = False
    refund: Json | None = None
    excluded_by: int | None = None


@dataclass
class Flag:
    """A suspicion; `holding` once a reveal found it there."""

    id: str
    user: int
    status: str = "open"
    holding: bool = False
    reviews: dict[tuple[int, str], Json] = field(default_factory=dict)


@dataclass
class Pot:
    """One pot as the documentation has it."""

    id: str
    seed: bytes
    cost: int
    size: int
    cap: int
    least: int
    draw: int
    locks_at: datetime
    status: str = "open"
    chain: list[str] = field(default_factory=lambda: ["created"])
    entries: list[Entry] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    excluded: set[int] = field(default_factory=set)
    paused_at: datetime | None = None
    last: dict[str, tuple[int, Json]] = field(default_factory=dict)
    locked: Json | None = None
    lapsed: Json | None = None
    locked_at: datetime | None = None
    scanned: bool = False
    beacon_round: int = 0
    beacon_at: datetime | None = None
    attested: str | None = None
    holder: int | None = None
    leased_until: datetime | None = None
    revealed: Json | None = None
    settled: Json | None = None
    beacon: str | None = None
    winner: int | None = None
    escrow: int = 0
    held: int = 0
    holding: bool = False

    @property
    def live(self) -> list[Entry]:
        """The entries that count."""
        return [each for each in self.entries if not each.gone]

    @property
    def sold(self) -> int:
        """Tickets of live entries."""
        return sum(each.tickets for each in self.live)

    def reveal_by(self) -> datetime:
        """The first moment that is too late for a reveal."""
        assert self.locked_at is not None
        limit = self.locked_at + REVEAL_TIMEOUT
        if self.beacon_at is not None:
            limit = min(limit, self.beacon_at - timedelta(seconds=6))
        return limit

    def holders(self, user: int | None) -> list[Flag]:
        """The flags that hold the prize of `user`."""
        return [
            each
            for each in self.flags
            if each.holding and each.user == user and each.status != "cleared"
        ]

    def root(self) -> tuple[int, bytes]:
        """Tickets and Merkle root of the live entries."""
        pot = uuid.UUID(self.id).bytes
        leaves = []
        for entry in self.live:
            leaf = b"\0pots/entry/v1\0" + pot + entry.tickets.to_bytes(4, "big") + entry.tag
            leaves.append((entry.tickets, hashlib.sha256(leaf).digest()))
        return merkle_root(leaves)

    def winning_ticket(self) -> int:
        """What the draw gives, by seed, commitment and beacon."""
        total = self.sold
        commitment = hashlib.sha256(self.seed).digest()
        ticket = int.from_bytes(_mac(self.seed, commitment), "big") % total
        if self.draw == 2:
            assert self.beacon is not None
            assert self.locked is not None
            drawn = hashlib.sha256(bytes.fromhex(self.beacon)).digest()
            turned = _mac(drawn, bytes.fromhex(self.locked["lock_digest"]))
            ticket = (ticket + int.from_bytes(turned, "big") % total) % total
        return ticket

    def holder_of(self, ticket: int) -> Entry:
        """Whose a ticket is."""
        for entry in self.live:
            if ticket < entry.tickets:
                return entry
            ticket -= entry.tickets
        raise AssertionError("no such ticket")


class World:
    """All pots and balances of one example, and the clock."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.balances = [0] * PLAYERS
        self.granted = 0
        self.pots: list[Pot] = []
        self.keys: dict[str, tuple[int, Json, Json]] = {}

    def refund_all(self, pot: Pot) -> tuple[int, int]:
        """Gives everybody their credits back; entries and credits."""
        entries, refunded = 0, 0
        for entry in pot.live:
            spent = entry.tickets * pot.cost
            self.balances[entry.user] += spent
            pot.escrow -= spent
            entries, refunded = entries + 1, refunded + spent
        pot.status = "cancelled"
        pot.paused_at = None
        return entries, refunded

    def pay(self, pot: Pot) -> None:
        """Pays the winner, or holds the prize, and gives it back at once where that is upheld."""
        pot.winner = pot.holder_of(pot.winning_ticket()).user
        pot.status = "settled"
        pot.chain.append("settled")
        prize, pot.escrow = pot.escrow, 0
        if pot.holders(pot.winner):
            pot.held, pot.holding = prize, True
            pot.chain.append("payout_held")
            if any(each.status == "upheld" for each in pot.holders(pot.winner)):
                self.release(pot, "returned")
        else:
            self.balances[pot.winner] += prize

    def release(self, pot: Pot, outcome: str) -> None:
        """Ends the hold of a prize."""
        assert pot.winner is not None
        prize, pot.held, pot.holding = pot.held, 0, False
        pot.chain.append("payout_released")
        if outcome == "paid":
            self.balances[pot.winner] += prize
            return
        upheld = {each.user for each in pot.flags if each.holding and each.status == "upheld"}
        honest = [e for e in pot.live if e.user != pot.winner and e.user not in upheld]
        chosen = honest or pot.live
        tickets = sum(each.tickets for each in chosen)
        shares = [divmod(prize * each.tickets, tickets) for each in chosen]
        over = prize - sum(whole for whole, _ in shares)
        # In ticket order already, so the lower first ticket comes first among equals.
        order = sorted(range(len(chosen)), key=lambda place: -shares[place][1])
        for rank, place in enumerate(order):
            self.balances[chosen[place].user] += shares[place][0] + (1 if rank < over else 0)


# -------------------------------------------------------------------------------- the database


class Play:
    """One fresh database, its callers, and the keys of its services."""

    def __init__(self, db: Database, broken: str) -> None:
        self.db = db
        self.conn = db.connect("authenticator")
        self.admin = db.admin()
        self.admin.execute(_CLOCK)
        self.orchestrator_key = Ed25519PrivateKey.generate()
        self.settlement_key = Ed25519PrivateKey.generate()
        self.beacon_key = Ed25519PrivateKey.generate()
        for purpose, key in (
            ("orchestrator", self.orchestrator_key),
            ("settlement", self.settlement_key),
            ("beacon", self.beacon_key),
        ):
            self.call(
                "service_role", None, "register_signing_key",
                purpose=purpose, public_key=public_hex(key),
            )  # fmt: skip
        self.beacon = LocalBeacon(new_secret(), clock=lambda: self.clock().timestamp())
        chain = self.beacon.chain
        self.call(
            "service_role", None, "register_beacon_chain",
            chain_hash=chain.hash.hex(), public_key=chain.public_key.hex(), scheme=chain.scheme,
            genesis_time=chain.genesis_time, period_seconds=chain.period,
        )  # fmt: skip
        self.call("service_role", None, "use_beacon_chain", chain_hash=chain.hash.hex())
        self.users = [db.make_user() for _ in range(PLAYERS)]
        self.officers = [str(uuid.uuid4()) for _ in range(OFFICERS)]
        self.signers = [str(uuid.uuid4()) for _ in range(SIGNERS)]
        if broken:
            self.admin.execute(broken.encode())

    def clock(self) -> datetime:
        """The time by the database's clock."""
        row = self.admin.execute("select at from model.clock").fetchone()
        assert row is not None
        at: datetime = row[0]
        return at.astimezone(UTC)

    def set_clock(self, at: datetime) -> None:
        """Moves the clock."""
        self.admin.execute("update model.clock set at = %s where true", (at,))

    def call(self, role: str, sub: str | None, function: str, **arguments: Any) -> Any:
        """One request; its answer, or its refusal."""
        claims = player_claims(uuid.UUID(sub)) if sub and role == "authenticated" else {"sub": sub}

        def request() -> Any:
            with api_request(self.conn, role, claims if sub else {}) as conn:
                return answer_of(conn, function, arguments)

        return refusal_or(request)

    def state(self) -> tuple[Json, Json]:
        """Balances by user, and what is of each pot."""
        row = self.admin.execute(_STATE).fetchone()
        assert row is not None
        return row[0] or {}, row[1] or {}

    def close(self) -> None:
        """Ends both connections."""
        self.conn.close()
        self.admin.close()


@contextlib.contextmanager
def playing(servers: Servers, broken: str = "") -> Iterator[Play]:
    """A play on a database of its own, which goes with it; `broken` is SQL run on it beforehand."""
    db = servers.create(Template(17))
    with psycopg.connect(db.cluster.admin_url(), autocommit=True) as conn:
        # What is lost in a crash is another harness's matter.
        conn.execute(f"alter database {db.name} set synchronous_commit = off".encode())
    play = Play(db, broken)
    try:
        yield play
    finally:
        play.close()
        servers.drop(db)


# --------------------------------------------------------------------------------- the machine

_which = strategies.integers(0, 63)
_player = strategies.integers(0, PLAYERS - 1)
_officer = strategies.integers(0, OFFICERS - 1)
_signer = strategies.integers(0, SIGNERS - 1)
_mostly = strategies.sampled_from([True, True, True, False])
_key = strategies.sampled_from([None, None, None, "a", "b"])


def machine(servers: Servers, broken: str, tally: Counter[str]) -> Any:
    """The class of the stateful test; `tally` counts its calls, and the actions of the chains."""
    queries = [each for each in check.checks() if each.name in QUICK]
    assert len(queries) == len(QUICK)

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self._closing = contextlib.ExitStack()
            self.play = self._closing.enter_context(playing(servers, broken))
            self.world = World(self.play.clock())

        def teardown(self) -> None:
            tally.update(action for pot in self.world.pots for action in pot.chain)
            with self._closing:
                self.play.conn.close()
                assert_clean(self.play.db)

        # ------------------------------------------------------------------ of the steps

        def tick(self, seconds: float = 1) -> None:
            self.world.now += timedelta(seconds=seconds)
            self.play.set_clock(self.world.now)

        def ask(self, role: str, sub: str | None, function: str, **arguments: Any) -> Any:
            tally["calls"] += 1
            self.tick()
            return self.play.call(role, sub, function, **arguments)

        def pot(self, which: int) -> Pot:
            # The newest are likelier, as what happens to the others is soon all over.
            return self.world.pots[-1 - which % min(len(self.world.pots), 4)]

        def entry(self, which: int) -> tuple[Pot, Entry] | None:
            entries = [(pot, entry) for pot in self.world.pots for entry in pot.entries]
            return entries[-1 - which % min(len(entries), 8)] if entries else None

        def flag(self, which: int) -> tuple[Pot, Flag] | None:
            flags = [(pot, flag) for pot in self.world.pots for flag in pot.flags]
            return flags[-1 - which % min(len(flags), 5)] if flags else None

        def refused(self, answer: Any, token: str) -> None:
            assert isinstance(answer, Refusal), f"{token} expected, not {answer}"
            assert answer.token == token

        def answered(self, answer: Any, **expected: Any) -> Json:
            assert isinstance(answer, dict), answer
            assert {name: answer[name] for name in expected} == expected
            return answer

        def is_over(self, pot: Pot) -> bool:
            """Whether entries can no longer come or go."""
            due = self.world.now >= pot.locks_at and pot.paused_at is None
            return pot.status != "open" or due

        # --------------------------------------------------------------------- the rules

        @initialize()
        def begin(self) -> None:
            for player in range(PLAYERS):
                self.grant(player, 120, None)
            for draw in (1, 2):
                self.open(3, 8, 4, 2, draw)
                for player in range(PLAYERS - 1):
                    self.join(player, 0, player + 1, None)

        @rule(player=_player, amount=strategies.integers(-1, 90), key=_key)
        def grant(self, player: int, amount: int, key: str | None) -> None:
            name = None if key is None else f"grant {key}"
            answer = self.ask(
                "pot_treasury", None, "grant_credits", user_id=self.play.users[player],
                amount=amount, reason="a test", idempotency_key=name,
            )  # fmt: skip
            request = {"player": player, "amount": amount}
            if amount < 1:
                return self.refused(answer, "invalid_argument")
            if name in self.world.keys:
                return self.repeated(answer, name, -1, request)
            self.world.balances[player] += amount
            self.world.granted += amount
            self.answered(answer, balance=self.world.balances[player], amount=amount)
            if name is not None:
                self.world.keys[name] = (-1, request, answer)

        def repeated(self, answer: Any, key: str, player: int, request: Json) -> None:
            who, what, first = self.world.keys[key]
            if (who, what) == (player, request):
                assert answer == first
            else:
                self.refused(answer, "idempotency_key_reused")

        @precondition(lambda self: len(self.world.pots) < 8)
        @rule(
            cost=strategies.integers(1, 9),
            size=strategies.integers(1, 12),
            cap=strategies.integers(1, 6),
            least=strategies.integers(1, 3),
            draw=strategies.sampled_from([1, 1, 2]),
        )
        def open(self, cost: int, size: int, cap: int, least: int, draw: int) -> None:
            cap, least = min(cap, size), min(least, size)
            pot_id, seed = str(uuid.uuid4()), secrets.token_bytes(32)
            commitment = hashlib.sha256(seed).hexdigest()
            self.ask(
                "pot_settlement", self.play.signers[0], "add_commitments",
                commitments=[{"pot_id": pot_id, "commit_hash": commitment}],
            )  # fmt: skip
            answer = self.ask(
                "pot_orchestrator", None, "create_pot", entry_cost=cost, max_tickets=size,
                max_per_user=cap, min_participants=least, fill_seconds=60, draw_version=draw,
                pot_id=pot_id,
            )  # fmt: skip
            assert not isinstance(answer, Refusal), answer
            closes = self.world.now + timedelta(seconds=60)
            self.world.pots.append(Pot(pot_id, seed, cost, size, cap, least, draw, closes))

        @rule(player=_player, which=_which, tickets=strategies.integers(0, 5), key=_key)
        def join(self, player: int, which: int, tickets: int, key: str | None) -> None:
            pot = self.pot(which)
            answer = self.ask(
                "authenticated", str(self.play.users[player]), "join_pot",
                pot_id=pot.id, ticket_count=tickets, idempotency_key=key,
            )  # fmt: skip
            request = {"pot": pot.id, "tickets": tickets}
            cost = tickets * pot.cost
            mine = sum(each.tickets for each in pot.live if each.user == player)
            if tickets < 1:
                return self.refused(answer, "invalid_ticket_count")
            if key in self.world.keys:
                return self.repeated(answer, key, player, request)
            for refuses, token in (
                (self.is_over(pot), "pot_not_open"),
                (pot.paused_at is not None, "pot_paused"),
                (player in pot.excluded, "account_blocked"),
                (mine + tickets > pot.cap, "ticket_cap_exceeded"),
                (self.world.balances[player] < cost, "insufficient_credits"),
                (pot.sold + tickets > pot.size, "pot_full"),
            ):
                if refuses:
                    return self.refused(answer, token)
            self.world.balances[player] -= cost
            pot.escrow += cost
            self.answered(answer, balance=self.world.balances[player], credits_spent=cost)
            salt, user = bytes.fromhex(answer["salt"]), self.play.users[player]
            tag = _mac(salt, uuid.UUID(pot.id).bytes + user.bytes)
            assert answer["entrant"] == tag.hex()[:16]
            pot.entries.append(Entry(answer["entry_id"], player, tickets, tag))
            assert answer["tickets_sold"] == pot.sold
            if key is not None:
                self.world.keys[key] = (player, request, answer)

        @rule(which=_which, own=_mostly, other=_player)
        def cancel(self, which: int, own: bool, other: int) -> None:
            if (found := self.entry(which)) is None:
                return None
            pot, entry = found
            player = entry.user if own else other
            answer = self.ask(
                "authenticated", str(self.play.users[player]), "cancel_entry", entry_id=entry.id
            )
            if player != entry.user:
                return self.refused(answer, "entry_not_found")
            if entry.refund is not None:
                assert answer == entry.refund
            elif entry.gone:  # by an exclusion: its player is told once it is asked for
                entry.refund = self.answered(answer, credits_refunded=entry.tickets * pot.cost)
            elif self.is_over(pot):
                self.refused(answer, "pot_not_open")
            else:
                self.give_back(pot, entry)
                entry.refund = self.answered(
                    answer, credits_refunded=entry.tickets * pot.cost,
                    balance=self.world.balances[player],
                )  # fmt: skip

        def give_back(self, pot: Pot, entry: Entry) -> None:
            entry.gone = True
            pot.escrow -= entry.tickets * pot.cost
            self.world.balances[entry.user] += entry.tickets * pot.cost

        @rule(which=_which, officer=_officer)
        def exclude(self, which: int, officer: int) -> None:
            if (found := self.entry(which)) is None:
                return
            pot, entry = found
            answer = self.ask(
                "pot_compliance", self.play.officers[officer], "exclude_entry",
                entry_id=entry.id, reason="a test",
            )  # fmt: skip
            if entry.excluded_by == officer:
                self.answered(answer, credits_refunded=entry.tickets * pot.cost)
            elif pot.status != "open" or entry.gone:
                self.refused(answer, "wrong_state")
            else:
                self.answered(answer, credits_refunded=entry.tickets * pot.cost)
                self.give_back(pot, entry)
                entry.excluded_by = officer
                pot.excluded.add(entry.user)
                pot.chain.append("excluded")

        @rule(which=_which, officer=_officer)
        def pause(self, which: int, officer: int) -> None:
            pot = self.pot(which)
            answer = self.moderate("pause_pot", officer, pot)
            if self.halt(pot) == "paused" and self.was(pot, "paused", officer, answer):
                return None
            if pot.status != "open" or pot.paused_at is not None:
                return self.refused(answer, "wrong_state")
            pot.paused_at = self.world.now
            pot.chain.append("paused")
            pot.last["paused"] = (officer, self.answered(answer, paused=True))

        @rule(which=_which, officer=_officer)
        def resume(self, which: int, officer: int) -> None:
            pot = self.pot(which)
            answer = self.moderate("resume_pot", officer, pot)
            if self.halt(pot) == "resumed" and self.was(pot, "resumed", officer, answer):
                return None
            if pot.status != "open" or pot.paused_at is None:
                return self.refused(answer, "wrong_state")
            pot.locks_at += self.world.now - pot.paused_at
            pot.paused_at = None
            pot.chain.append("resumed")
            pot.last["resumed"] = (officer, self.answered(answer, paused=False))

        @rule(which=_which, officer=_officer)
        def void(self, which: int, officer: int) -> None:
            pot = self.pot(which)
            answer = self.moderate("void_pot", officer, pot)
            if pot.status == "cancelled" and self.was(pot, "voided", officer, answer):
                return None
            if pot.status not in ("open", "locked", "settling") or pot.revealed is not None:
                return self.refused(answer, "wrong_state")
            entries, refunded = self.world.refund_all(pot)
            pot.chain += ["voided", "cancelled"]
            self.answered(
                answer, cause="voided", entries_refunded=entries, credits_refunded=refunded
            )
            pot.last["voided"] = (officer, answer)

        def moderate(self, function: str, officer: int, pot: Pot) -> Any:
            return self.ask(
                "pot_compliance", self.play.officers[officer], function,
                pot_id=pot.id, reason="a test",
            )  # fmt: skip

        def halt(self, pot: Pot) -> str | None:
            """What was done last, a pause or a resume, whatever became of the pot since."""
            acts = [each for each in pot.chain if each in ("paused", "resumed")]
            return acts[-1] if acts else None

        def was(self, pot: Pot, action: str, officer: int, answer: Any) -> bool:
            """Whether this officer did it last, and so gets the first answer again."""
            by, first = pot.last.get(action, (None, None))
            if by == officer:
                assert answer == first
            return by == officer

        @rule(which=_which)
        def lock(self, which: int) -> None:
            pot = self.pot(which)
            answer = self.ask("pot_orchestrator", None, "lock_pot", pot_id=pot.id)
            if pot.status != "open":
                if first := pot.locked or pot.lapsed:
                    assert answer == first
                else:
                    self.refused(answer, "wrong_state")
            elif pot.paused_at is not None:
                self.refused(answer, "pot_paused")
            elif not self.is_due(pot):
                self.refused(answer, "not_ready_to_lock")
            else:
                self.locked(pot, answer)

        def is_due(self, pot: Pot) -> bool:
            return pot.sold == pot.size or self.world.now >= pot.locks_at

        def locked(self, pot: Pot, answer: Any) -> None:
            """What must have happened to a pot whose time has come."""
            if len({each.user for each in pot.live}) < pot.least:
                entries, refunded = self.world.refund_all(pot)
                pot.chain.append("cancelled")
                pot.lapsed = self.answered(
                    answer, cause="lack_of_players",
                    entries_refunded=entries, credits_refunded=refunded,
                )  # fmt: skip
                return
            total, root = pot.root()
            pot.status, pot.locked_at = "locked", self.world.now
            pot.chain.append("locked")
            pot.locked = self.answered(
                answer, status="locked", total_tickets=total, entries_root=root.hex(),
                commit_hash=hashlib.sha256(pot.seed).hexdigest(),
            )  # fmt: skip
            if pot.draw == 2:
                chain = self.play.beacon.chain
                after = self.world.now.timestamp() + 30 - chain.genesis_time
                pot.beacon_round = -int(-after // chain.period) + 1
                seconds = chain.genesis_time + (pot.beacon_round - 1) * chain.period
                pot.beacon_at = datetime.fromtimestamp(seconds, UTC)
                assert answer["beacon"]["round"] == pot.beacon_round

        @rule(which=_which, good=_mostly)
        def attest(self, which: int, good: bool) -> None:
            pot = self.pot(which)
            digest = bytes.fromhex(pot.locked["lock_digest"]) if pot.locked else bytes(32)
            key = self.play.orchestrator_key if good else self.play.settlement_key
            signature = key.sign(b"pots/orchestrator/v1\0" + digest).hex()
            answer = self.ask(
                "pot_orchestrator", None, "attest_lock",
                pot_id=pot.id, orchestrator_signature=signature,
            )  # fmt: skip
            if pot.attested == signature:
                self.answered(answer, pot_id=pot.id)
            elif pot.attested is not None or pot.status != "locked":
                self.refused(answer, "wrong_state")
            elif not good:
                self.refused(answer, "invalid_signature")
                pot.chain.append("attest_rejected")
            else:
                self.answered(answer, pot_id=pot.id)
                pot.attested = signature
                pot.chain.append("attested")

        @rule(which=_which, signer=_signer, named=_mostly)
        def claim(self, which: int, signer: int, named: bool) -> None:
            wanted = self.pot(which) if named else None
            answer = self.ask(
                "pot_settlement", self.play.signers[signer], "claim_settlement",
                pot_id=wanted.id if wanted else None,
            )  # fmt: skip
            if wanted is not None and not self.may_claim(wanted, signer):
                return self.refused(answer, "wrong_state")
            due = [wanted] if wanted else [p for p in self.world.pots if self.may_claim(p, signer)]
            if not due:
                assert answer is None
                return None
            pot = min(due, key=lambda p: (p.holder != signer, p.reveal_by(), p.locked_at))
            self.answered(answer, pot_id=pot.id, total_tickets=pot.sold)
            if pot.status == "locked" or pot.holder != signer:
                pot.chain.append("claimed")
            # A claim looks a pot of so few players over itself.
            pot.status, pot.holder, pot.scanned = "settling", signer, True
            now = self.world.now
            pot.leased_until = now + min(CLAIM_LEASE, (pot.reveal_by() - now) / 2)

        def may_claim(self, pot: Pot, signer: int) -> bool:
            now = self.world.now
            if pot.status not in ("locked", "settling") or pot.attested is None:
                return False
            if pot.revealed is not None or pot.reveal_by() <= now:
                return False
            free = pot.leased_until is None or pot.leased_until <= now
            return pot.status == "locked" or pot.holder == signer or free

        @rule(which=_which, seed=_mostly, key=_mostly)
        def reveal(self, which: int, seed: bool, key: bool) -> None:
            pot = self.pot(which)
            shown = pot.seed if seed else b"\1" * 32
            digest = bytes.fromhex(pot.locked["lock_digest"]) if pot.locked else bytes(32)
            signing = self.play.settlement_key if key else self.play.orchestrator_key
            answer = self.ask(
                "pot_settlement", self.play.signers[0], "reveal_pot", pot_id=pot.id,
                reveal_seed=shown.hex(),
                settlement_signature=signing.sign(b"pots/settlement/v1\0" + digest + shown).hex(),
            )  # fmt: skip
            if seed and pot.revealed is not None:
                assert answer == (pot.settled if pot.draw == 1 else pot.revealed)
                return None
            if pot.status != "settling" or pot.revealed or self.world.now >= pot.reveal_by():
                return self.refused(answer, "wrong_state")
            if not seed or not key:
                self.refused(answer, "invalid_signature" if seed else "reveal_mismatch")
                pot.chain.append("reveal_rejected")
                return None
            pot.revealed = self.answered(answer, pot_id=pot.id)
            pot.chain.append("revealed")
            for flag in pot.flags:
                flag.holding = flag.status != "cleared"
            if pot.draw == 1:
                self.drawn(pot, answer)

        def drawn(self, pot: Pot, answer: Any) -> None:
            """The winner is the model's, and the prize is every credit that went in."""
            ticket, prize = pot.winning_ticket(), pot.escrow
            pot.settled = self.answered(answer, winning_ticket=ticket, prize=prize)
            self.world.pay(pot)

        @rule(which=_which, good=_mostly, early=strategies.booleans())
        def beacon(self, which: int, good: bool, early: bool) -> None:
            pot = self.pot(which)
            if not early and pot.beacon_at is not None and pot.beacon_at > self.world.now:
                self.tick((pot.beacon_at - self.world.now).total_seconds())
            given = self.play.beacon.signature(pot.beacon_round) if pot.beacon_round else None
            signature = given or b"\x80" + bytes(47)
            digest = bytes.fromhex(pot.locked["lock_digest"]) if pot.locked else bytes(32)
            signing = self.play.beacon_key if good else self.play.orchestrator_key
            answer = self.ask(
                "pot_beacon", str(uuid.uuid4()), "submit_beacon", pot_id=pot.id,
                beacon_signature=signature.hex(),
                attestation=signing.sign(b"pots/beacon/v1\0" + digest + signature).hex(),
            )  # fmt: skip
            if pot.status == "settled" and pot.beacon == signature.hex():
                assert answer == pot.settled
                return None
            waits = pot.status == "settling" and pot.revealed is not None
            if not waits or pot.beacon_at is None or self.world.now < pot.beacon_at:
                return self.refused(answer, "wrong_state")
            if not good:
                return self.refused(answer, "invalid_signature")
            pot.beacon = signature.hex()
            self.drawn(pot, answer)

        @rule(which=_which, player=_player)
        def suspect(self, which: int, player: int) -> None:
            """Detection finds something about a player, at any time before the reveal."""
            pot = self.pot(which)
            if any(f.user == player for f in pot.flags) or pot.revealed is not None:
                return
            row = self.play.admin.execute(
                "insert into private.flags (pot_id, user_id, kind, score, evidence, phase, effect,"
                " created_at, updated_at) values (%s, %s, 'a_test', 0.9, '{}', 'lock', 'hold',"
                " private.now(), private.now()) returning flag_id::text",
                (pot.id, self.play.users[player]),
            ).fetchone()
            assert row is not None
            pot.flags.append(Flag(row[0], player))

        @rule(which=_which, officer=_officer, decision=strategies.sampled_from(["clear", "uphold"]))
        def review(self, which: int, officer: int, decision: str) -> None:
            if (found := self.flag(which)) is None:
                return None
            pot, flag = found
            answer = self.ask(
                "pot_compliance", self.play.officers[officer], "review_flag",
                flag_id=flag.id, decision=decision, reason="a test",
            )  # fmt: skip
            stands = ("cleared",) if decision == "clear" else ("uphold_proposed", "upheld")
            if (officer, decision) in flag.reviews and flag.status in stands:
                assert answer == flag.reviews[officer, decision]
                return None
            if flag.status not in ("open", "uphold_proposed"):
                return self.refused(answer, "wrong_state")
            if decision == "clear":
                flag.status = "cleared"
            else:
                flag.status = "uphold_proposed" if flag.status == "open" else "upheld"
            payout = None
            if flag.user == pot.winner and pot.holding:
                holders = pot.holders(flag.user)
                upheld = any(each.status == "upheld" for each in holders)
                payout = "returned" if upheld else "held" if holders else "paid"
            pot.chain.append("flag_reviewed")
            flag.reviews[officer, decision] = self.answered(
                answer, status=flag.status, payout=payout
            )
            if payout in ("paid", "returned"):
                self.world.release(pot, payout)

        @rule()
        def run_due(self) -> None:
            answer = self.ask("pot_orchestrator", None, "run_due")
            locks = [
                pot
                for pot in self.world.pots
                if pot.status == "open" and pot.paused_at is None and self.is_due(pot)
            ]
            refunds = [
                pot
                for pot in self.world.pots
                if pot.status in ("locked", "settling")
                and pot.revealed is None
                and self.world.now >= pot.reveal_by()
            ]
            scans = [
                pot
                for pot in self.world.pots
                if pot.status == "locked" and not pot.scanned and pot not in refunds
            ]
            if answer is None or answer["task"] in ("scan", "alert", "purge"):
                assert not locks
                assert not refunds
            if answer is None or answer["task"] in ("alert", "purge"):
                assert not scans
                return
            pot = next(each for each in self.world.pots if each.id == answer["pot_id"])
            if answer["task"] == "lock":
                assert pot in locks
                self.locked(pot, answer["result"])
            elif answer["task"] == "scan":
                assert pot in scans
                pot.scanned = True
            else:
                assert answer["task"] == "refund"
                assert pot in refunds
                entries, refunded = self.world.refund_all(pot)
                pot.chain.append("cancelled")
                self.answered(
                    answer["result"], cause="reveal_overdue",
                    entries_refunded=entries, credits_refunded=refunded,
                )  # fmt: skip

        @rule(which=_which, times=strategies.integers(1, 6))
        def go_on(self, which: int, times: int) -> None:
            """What honest services would do next, so that pots come to every end."""
            for _ in range(times):
                self.serve(which % min(len(self.world.pots), 4))

        def serve(self, which: int) -> None:
            pot = self.pot(which)
            if pot.status == "open" and pot.paused_at is None:
                if not self.is_due(pot):
                    self.tick((pot.locks_at - self.world.now).total_seconds())
                self.lock(which)
            elif pot.status == "locked" and pot.attested is None:
                self.attest(which, True)
            elif pot.status == "locked":
                self.claim(which, 0, True)
            elif pot.status == "settling" and pot.revealed is None:
                self.reveal(which, True, True)
            elif pot.status == "settling":
                self.beacon(which, True, False)

        @rule(seconds=strategies.sampled_from([5, 20, 61, 620]))
        def wait(self, seconds: int) -> None:
            self.tick(seconds)

        # -------------------------------------------------------------------- invariants

        @invariant()
        def the_database_is_as_the_model_says(self) -> None:
            balances, pots = self.play.state()
            world = self.world
            assert [balances.get(str(u), 0) for u in self.play.users] == world.balances
            assert pots == {
                pot.id: {
                    "status": pot.status,
                    "paused": pot.paused_at is not None,
                    "locks_at": pots[pot.id]["locks_at"],
                    "sold": pot.sold,
                    "escrow": pot.escrow,
                    "held": pot.held,
                    "chain": pot.chain,
                }
                for pot in world.pots
            }
            for pot in world.pots:
                assert datetime.fromisoformat(pots[pot.id]["locks_at"]) == pot.locks_at
            inside = sum(pot.escrow + pot.held for pot in world.pots)
            assert sum(world.balances) + inside == world.granted

        @invariant()
        def the_quick_invariants_hold(self) -> None:
            for each in queries:
                _, broken, findings = each.look(self.play.admin)
                assert not broken, (each.name, findings)

    return Machine


def play_at_random(
    servers: Servers, seed: int, examples: int, steps: int, *, shrink: bool = True, broken: str = ""
) -> Counter[str]:
    """Plays so many examples of at most so many steps: how many calls, and actions of chains.

    Raises what is found, AssertionError for what the model says otherwise.
    """
    tally: Counter[str] = Counter()
    settings = hypothesis.settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate, *([Phase.shrink] if shrink else [])],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    found = hypothesis.seed(seed)(machine(servers, broken, tally))
    run_state_machine_as_test(found, settings=settings)
    return tally


def run(going: Run) -> None:
    """Plays batches with seeds that follow each other until the time is over."""
    servers = Servers()
    try:
        for seed in itertools.count(going.seed):
            if going.left < 0 or len(going.failures) >= 3:
                return
            began = time.monotonic()
            try:
                for name, times in play_at_random(servers, seed, 5, 40).items():
                    if name == "calls" or name in _TOLD:
                        going.count(name, times)
            except psycopg.OperationalError:
                raise
            except Exception as error:
                steps = "\n".join(getattr(error, "__notes__", []))
                (going.directory / f"{seed}.txt").write_text(f"{traceback.format_exc()}\n{steps}\n")
                going.fail(f"seed {seed}: {type(error).__name__}: {str(error)[:300]}")
            going.count("batches of examples")
            going.say(f"seed {seed}: {time.monotonic() - began:.0f} s")
    finally:
        servers.stop()


HARNESS = Harness(
    name="model",
    what="Every role calls at random, and a model in Python foretells every answer and balance",
    minutes=8,
    threats=(12, 13, 14, 15, 17, 24, 26, 33),
    controls=("tests/assurance/test_model.py::test_a_broken_build_is_found_out",),
    run=run,
)
