"""A database in play: callers on connections of their own, funds, keys, pots and their whole life.

Everything is done through the public functions, each call a request of the API; only users, whom
GoTrue makes, and the clock, which nobody may set, are written from outside. Fixtures: `game`, and
`clean`, which ends a test with `pypot check`.
"""

import contextlib
import hashlib
import json
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql

from pypot_cli.check import check_database
from pypot_cli.db.request import api_request
from tests.support.clocks import set_clock
from tests.support.database import Database, player_claims
from tests.support.events import assert_events_are_described

T = TypeVar("T")
Json = dict[str, Any]

# Far above what anything here takes, so that a lost wake-up fails a test and does not hang it.
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Refusal:
    """A documented refusal: `code` is its SQLSTATE, `token` the stable message (contract 4)."""

    code: str
    token: str
    details: Json = field(default_factory=dict)


class Caller:
    """Somebody with one connection, on which each call is one request of the API."""

    def __init__(self, db: Database, role: str, claims: Mapping[str, Any] | None = None) -> None:
        self.role = role
        self.claims = dict(claims or {})
        self.headers: dict[str, str] = {}
        self.conn = db.connect("authenticator")

    @property
    def pid(self) -> int:
        """The process id of the connection's server process."""
        return self.conn.info.backend_pid

    @contextlib.contextmanager
    def request(
        self, *settings: tuple[str, str], commits: bool = True
    ) -> Iterator[Callable[..., Any]]:
        """One request, open until the block ends; yields a function that calls within it.

        `settings` are set for the transaction, such as ("statement_timeout", "50ms"). With
        `commits=False` it is rolled back.
        """
        with api_request(self.conn, self.role, self.claims, headers=self.headers) as conn:
            for name, value in settings:
                conn.execute("select set_config(%s, %s, true)", (name, value))
            yield lambda function, **arguments: answer_of(conn, function, arguments)
            if not commits:
                raise psycopg.Rollback

    def call(self, function: str, **arguments: Any) -> Any:
        """Calls public.<function> in one request; a refusal is psycopg's error, or returned."""
        with self.request() as call:
            return call(function, **arguments)

    def attempt(self, function: str, **arguments: Any) -> Any:
        """Calls public.<function> in one request; any documented refusal is returned as such."""
        return refusal_or(lambda: self.call(function, **arguments))

    def close(self) -> None:
        """Ends the connection."""
        self.conn.close()


class Player(Caller):
    """A signed-in user."""

    def __init__(self, db: Database, user_id: uuid.UUID) -> None:
        super().__init__(db, "authenticated", player_claims(user_id))
        self.user_id = user_id

    def join(self, pot_id: str, ticket_count: int = 1, key: str | None = None) -> Any:
        """Tries to join; the answer or the refusal."""
        return self.attempt(
            "join_pot", pot_id=pot_id, ticket_count=ticket_count, idempotency_key=key
        )

    def balance(self) -> int:
        """The wallet's balance."""
        return int(self.call("my_wallet")["balance"])


class Pending:
    """Work under way in a thread of its own."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._outcome: list[Any] = []
        self._error: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            self._outcome.append(refusal_or(work))
        except BaseException as error:  # handed to whoever asks for the result
            self._error.append(error)

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return not self._thread.is_alive()

    def result(self, within: float = PATIENCE_SECONDS) -> Any:
        """The answer or the refusal; fails when it takes longer than `within` seconds."""
        self._thread.join(within)
        if not self.done:
            raise AssertionError(f"still under way after {within} s")
        if self._error:
            raise self._error[0]
        return self._outcome[0]


class Game:
    """One database, the two services' keys, the seeds, and everybody who calls."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._callers: list[Caller] = []
        self.seeds: dict[str, bytes] = {}
        self.orchestrator_key = Ed25519PrivateKey.generate()
        self.settlement_key = Ed25519PrivateKey.generate()
        self._officer = {"sub": str(uuid.uuid4())}
        self._connect()
        self.kids = {
            purpose: self.service.call(
                "register_signing_key", purpose=purpose, public_key=public_hex(key)
            )["kid"]
            for purpose, key in (
                ("orchestrator", self.orchestrator_key),
                ("settlement", self.settlement_key),
            )
        }

    def _connect(self) -> None:
        self.orchestrator = self.caller("pot_orchestrator")
        self.signer = self.caller("pot_settlement")
        self.treasury = self.caller("pot_treasury")
        self.service = self.caller("service_role")
        self.compliance = self.caller("pot_compliance", self._officer)

    # ------------------------------------------------------------------ people

    def caller(self, role: str, claims: Mapping[str, Any] | None = None) -> Caller:
        """A caller of any role, on a new connection."""
        caller = Caller(self.db, role, claims)
        self._callers.append(caller)
        return caller

    def player(self, funds: int = 0) -> Player:
        """A new user with `funds` granted, 0 for none, on a new connection."""
        return self.players(1, funds)[0]

    def players(self, count: int, funds: int = 0) -> list[Player]:
        """New users with `funds` granted to each, on a new connection each."""
        users = [uuid.uuid4() for _ in range(count)]
        with self.db.admin() as conn, conn.cursor() as cursor:
            cursor.executemany(
                "insert into auth.users (id, email, aud, role) "
                "values (%s, %s, 'authenticated', 'authenticated')",
                [(user, f"{user}@example.com") for user in users],
            )
        return [self.again(user, funds) for user in users]

    def again(self, user_id: uuid.UUID, funds: int = 0) -> Player:
        """One more connection of a user, with `funds` granted."""
        if funds:
            self.fund(user_id, funds)
        player = Player(self.db, user_id)
        self._callers.append(player)
        return player

    def fund(self, user_id: uuid.UUID, funds: int) -> Json:
        """Grants credits."""
        answer: Json = self.treasury.call(
            "grant_credits",
            user_id=user_id,
            amount=funds,
            reason="for a test",
            idempotency_key=str(uuid.uuid4()),
        )
        return answer

    # -------------------------------------------------------------------- pots

    def stock(self, count: int) -> list[str]:
        """Adds commitments to new seeds; the ids of the pots to come."""
        seeds = {str(uuid.uuid4()): secrets.token_bytes(32) for _ in range(count)}
        self.seeds.update(seeds)
        commitments = [
            {"pot_id": pot_id, "commit_hash": hashlib.sha256(seed).hexdigest()}
            for pot_id, seed in seeds.items()
        ]
        self.signer.call("add_commitments", commitments=commitments)
        return list(seeds)

    def pot(
        self,
        entry_cost: int = 10,
        max_tickets: int = 100,
        max_per_user: int | None = None,
        min_participants: int = 1,
        fill_seconds: int = 3600,
        draw_version: int = 1,
    ) -> str:
        """Opens a pot on a new commitment; without `max_per_user` one player may buy it all."""
        pot_id = self.stock(1)[0]
        self.orchestrator.call(
            "create_pot",
            entry_cost=entry_cost,
            max_tickets=max_tickets,
            max_per_user=max_per_user or max_tickets,
            min_participants=min_participants,
            fill_seconds=fill_seconds,
            draw_version=draw_version,
            pot_id=pot_id,
        )
        return pot_id

    def pass_time(self, seconds: float) -> None:
        """Sets the database's clock ahead of the real one; `private.now` reads no other."""
        set_clock(self.db, seconds)

    def lock(self, pot_id: str) -> Json:
        """Locks a pot that is full or past its deadline."""
        answer: Json = self.orchestrator.call("lock_pot", pot_id=pot_id)
        return answer

    def attest(self, pot_id: str) -> Json:
        """Signs a locked pot's digest and hands the signature in."""
        message = b"pots/orchestrator/v1\0" + self.lock_digest(pot_id)
        answer: Json = self.orchestrator.call(
            "attest_lock",
            pot_id=pot_id,
            orchestrator_signature=self.orchestrator_key.sign(message).hex(),
        )
        return answer

    def to_settling(self, pot_id: str) -> None:
        """Locks, attests and claims a pot that is full or past its deadline."""
        self.lock(pot_id)
        self.attest(pot_id)
        self.signer.call("claim_settlement", pot_id=pot_id)

    def reveal_arguments(self, pot_id: str) -> Json:
        """The arguments of a valid reveal of a locked pot."""
        seed = self.seeds[pot_id]
        message = b"pots/settlement/v1\0" + self.lock_digest(pot_id) + seed
        return {
            "pot_id": pot_id,
            "reveal_seed": seed.hex(),
            "settlement_signature": self.settlement_key.sign(message).hex(),
        }

    def reveal(self, pot_id: str) -> Json:
        """Reveals a settling pot."""
        answer: Json = self.signer.call("reveal_pot", **self.reveal_arguments(pot_id))
        return answer

    def settle(self, pot_id: str) -> Json:
        """Takes a pot that is full or past its deadline to its end."""
        self.to_settling(pot_id)
        return self.reveal(pot_id)

    # ---------------------------------------------------------------- outcomes

    def lock_digest(self, pot_id: str) -> bytes:
        """The digest that both services sign."""
        return bytes.fromhex(
            self.value("select lock_digest from public.pots where id = %s", pot_id)
        )

    def rows(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What a statement returns to the superuser."""
        with self.db.admin() as conn:
            return conn.execute(statement.encode(), parameters).fetchall()

    def value(self, statement: str, *parameters: Any) -> Any:
        """The first column of the only row that a statement returns to the superuser."""
        ((value,),) = self.rows(statement, *parameters)
        return value

    def status(self, pot_id: str) -> str:
        """The pot's status."""
        return str(self.value("select status::text from public.pots where id = %s", pot_id))

    def tickets_sold(self, pot_id: str) -> int:
        """Tickets of live entries, counted from the entries themselves."""
        return int(
            self.value(
                "select coalesce(sum(ticket_count), 0) from public.pot_entries "
                "where pot_id = %s and cancelled_at is null",
                pot_id,
            )
        )

    def escrow(self, pot_id: str) -> int:
        """Credits in the pot's escrow."""
        return int(
            self.value(
                "select private.account_balance(a.id) from private.accounts as a "
                "where a.pot_id = %s and a.kind = 'escrow'",
                pot_id,
            )
        )

    def held(self, pot_id: str) -> int | None:
        """Credits in the pot's hold account; None when its payout was never held."""
        rows = self.rows(
            "select private.account_balance(a.id) from private.accounts as a "
            "where a.pot_id = %s and a.kind = 'hold'",
            pot_id,
        )
        return int(rows[0][0]) if rows else None

    def flag(
        self, pot_id: str, user_id: uuid.UUID, effect: str = "hold", kind: str = "a_ring"
    ) -> str:
        """Has detection find something about a player of a pot; the flag's id."""
        return str(
            self.value(
                "insert into private.flags (pot_id, user_id, kind, score, evidence, phase, effect,"
                " created_at, updated_at) values (%s, %s, %s, 0.9, '{}', 'lock', %s,"
                " private.now(), private.now()) returning flag_id",
                pot_id,
                user_id,
                kind,
                effect,
            )
        )

    def actions(self, pot_id: str) -> list[str]:
        """The actions of the pot's chain, in order."""
        return [row["action"] for row in self.service_rows("get_audit_chain", pot_id=pot_id)]

    def service_rows(self, function: str, **arguments: Any) -> list[Json]:
        """The rows of a public function that lists."""
        with self.service.request() as call:
            rows: list[Json] = call(function, **arguments)
        return rows

    def wait_until_blocked(self, caller: Caller | int, by: Caller | None = None) -> None:
        """Returns once `caller` waits for a lock, of `by` if given; fails when it never does.

        A caller is also known by the process id of its connection.
        """
        pid = caller if isinstance(caller, int) else caller.pid
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self.db.admin() as conn:
            while time.monotonic() < deadline:
                row = conn.execute("select pg_blocking_pids(%s)", (pid,)).fetchone()
                blockers = row[0] if row else []
                if blockers and (by is None or by.pid in blockers):
                    return
                time.sleep(0.005)
        raise AssertionError("never waited for a lock")

    def deadlocks(self) -> int:
        """Deadlocks that this database has seen; the callers' connections end first."""
        self.close()
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self.db.admin() as conn:
            while time.monotonic() < deadline:
                # A session hands its counts in as it ends, which is a moment after we let it go.
                row = conn.execute(
                    "select count(*) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid() "
                    "and backend_type = 'client backend'"
                ).fetchone()
                if row == (0,):
                    break
                time.sleep(0.01)
            row = conn.execute(
                "select deadlocks from pg_stat_database where datname = current_database()"
            ).fetchone()
        assert row is not None
        return int(row[0])

    def close(self) -> None:
        """Ends every caller's connection."""
        for caller in self._callers:
            caller.close()

    def close_all_but_services(self) -> None:
        """Ends the connections of players, and of whoever else came after the services."""
        kept = (self.orchestrator, self.signer, self.treasury, self.service, self.compliance)
        for caller in self._callers:
            if caller not in kept:
                caller.close()
        self._callers = list(kept)

    def reconnect(self) -> None:
        """Gives the services new connections, after the server has been away; players have none."""
        self.close()
        self._callers = []
        self._connect()


def answer_of(conn: psycopg.Connection[Any], function: str, arguments: Mapping[str, Any]) -> Any:
    """Calls public.<function> within a request: its JSON value, or a list of them for a set."""
    values = {
        name: json.dumps(value) if isinstance(value, dict | list) else value
        for name, value in arguments.items()
    }
    statement = sql.SQL(
        "select (select p.proretset from pg_catalog.pg_proc as p"
        " where p.pronamespace = 'public'::regnamespace and p.proname = {}), to_jsonb(r)"
        " from public.{}({}) as r"
    ).format(
        sql.Literal(function),
        sql.Identifier(function),
        sql.SQL(", ").join(
            sql.SQL("{} => {}").format(sql.Identifier(name), sql.Placeholder(name))
            for name in values
        ),
    )
    rows = conn.execute(statement, values).fetchall()
    if rows and not rows[0][0]:
        return rows[0][1]
    return [row[1] for row in rows]


def refusal_or(work: Callable[[], Any]) -> Any:
    """What `work` returns; a documented refusal, raised or returned, as a Refusal."""
    try:
        answer = work()
    except psycopg.Error as error:
        if error.sqlstate is None or not error.sqlstate.startswith("PT"):
            raise
        details = json.loads(error.diag.message_detail or "{}")
        return Refusal(error.sqlstate, error.diag.message_primary or "", details)
    if isinstance(answer, dict) and set(answer) == {"code", "message", "details", "hint"}:
        return Refusal(answer["code"], answer["message"], json.loads(answer["details"]))
    return answer


def race(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Starts all at once, each in a thread; their answers and refusals in the given order."""
    gate = threading.Barrier(len(works))

    def starting(work: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            gate.wait(PATIENCE_SECONDS)
            return work()

        return run

    pending = [Pending(starting(work)) for work in works]
    return [one.result(2 * PATIENCE_SECONDS) for one in pending]


def refusals(outcomes: Sequence[Any], token: str | None = None) -> list[Refusal]:
    """The refusals among outcomes, of one token if given."""
    return [o for o in outcomes if isinstance(o, Refusal) and token in (None, o.token)]


def answers(outcomes: Sequence[Any]) -> list[Any]:
    """The answers among outcomes."""
    return [o for o in outcomes if not isinstance(o, Refusal)]


def public_hex(key: Ed25519PrivateKey) -> str:
    """A key's public half, 64 hex digits."""
    return key.public_key().public_bytes_raw().hex()


@pytest.fixture
def clean(db: Database) -> Iterator[None]:
    """Ends the test with every invariant checked (`pypot check`), and every event by its schema."""
    yield
    assert_clean(db)
    assert_events_are_described(db)


@pytest.fixture
def game(db: Database, clean: None) -> Iterator[Game]:
    """A fresh database in play."""
    play = Game(db)
    yield play
    play.close()


def assert_clean(db: Database) -> None:
    """Fails with what `pypot check` finds wrong."""
    outcomes = check_database(db.url())
    assert outcomes, "nothing was checked"
    assert [outcome.as_json() for outcome in outcomes if not outcome.holds] == []
