"""The harness of failover: what was acknowledged outlives its primary, however that is lost.

Three nodes under Patroni, strictly synchronous, PgBouncer in transaction mode in front, both
services at work. Under load the primary is killed, frozen and cut off. Then the same with standbys
that lag and no waiting for them: that must show losses, or the rest proves nothing.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

import psycopg

from pypot_cli.assure import Harness, Run
from pypot_cli.check import check_database
from pypot_cli.db.cluster import Cluster
from pypot_cli.errors import PypotError
from pypot_cli.keys import write_new_secret
from pypot_cli.lock_journal import LockJournal
from pypot_cli.rpc import ANON, Api, RpcError, login_url, player
from tests.support.at_work import services
from tests.support.database import Database
from tests.support.lived import Game
from tests.support.own_server import OwnServer
from tests.support.patroni import TTL_SECONDS, Fleet, Node, fleet, wait_for

PLAYERS = 6
BESIDE = 2
"""Players whose connection is to the primary itself: on its side when it is cut off."""
_BEFORE_SECONDS = 3.0
_LAG_SECONDS = 3.0
_FILL_SECONDS = 3600
_TICKETS = 1_000_000
_ENDS_SECONDS = 30.0


@dataclass
class Load:
    """Joins under keys of their own, by everybody at once, from before a fault to after it."""

    game: Game
    nodes: Fleet | Alone
    pot_id: str
    acknowledged: dict[str, str] = field(default_factory=dict)
    """By key: the entry."""
    unknown: dict[str, uuid.UUID] = field(default_factory=dict)
    """By key: who called, and never heard."""
    refused: Counter[str] = field(default_factory=Counter)
    """Calls that were not served, by SQLSTATE, token, or how the connection was lost."""
    over: threading.Event = field(default_factory=threading.Event)
    last: float = field(default_factory=time.monotonic)
    longest_gap: float = 0.0

    @contextlib.contextmanager
    def running(self, users: list[uuid.UUID], leader: Node | None) -> Iterator[None]:
        """The load in the block, and for as long as it takes to see joins again after it."""
        threads = [
            threading.Thread(
                target=self._buy, args=(user, leader if number < BESIDE else None), daemon=True
            )
            for number, user in enumerate(users)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
            again = len(self.acknowledged) + 2 * PLAYERS
            wait_for(lambda: len(self.acknowledged) > again or None, "joins after the fault")
        finally:
            self.over.set()
            for thread in threads:
                thread.join(_ENDS_SECONDS)

    def _buy(self, user: uuid.UUID, beside: Node | None) -> None:
        url = login_url(self.nodes.url()) if beside is None else self.nodes.inside(beside)
        while not self.over.is_set():
            try:
                with Api(url) as api:
                    self._buy_until_it_breaks(api, user)
            except (psycopg.Error, PypotError, OSError) as error:
                self.refused[named(error)] += 1
            # Whoever stood beside a primary that is lost goes on through the pooler.
            url = login_url(self.nodes.url())
            time.sleep(0.2)

    def _buy_until_it_breaks(self, api: Api, user: uuid.UUID) -> None:
        while not self.over.is_set():
            key = str(uuid.uuid4())
            self.unknown[key] = user
            self.acknowledged[key] = join(api, user, self.pot_id, key)
            del self.unknown[key]
            now = time.monotonic()
            self.longest_gap, self.last = max(self.longest_gap, now - self.last), now

    def missing(self) -> int:
        """How many acknowledged entries are not there."""
        with self.game.db.admin() as conn:
            row = conn.execute(
                "select count(*) from unnest(%s::uuid[]) as k (id) where not exists"
                " (select from public.pot_entries as e where e.id = k.id)",
                [list(self.acknowledged.values())],
            ).fetchone()
        assert row is not None
        return int(row[0])

    def ask_again(self) -> int:
        """Sends every call again whose end nobody knows; how many of them had been done."""
        before = self.entries()
        for key, user in self.unknown.items():
            join(self.game.api, user, self.pot_id, key)
        return len(self.unknown) - (self.entries() - before)

    def entries(self) -> int:
        """How many entries the pot has."""
        with self.game.db.admin() as conn:
            row = conn.execute(
                "select count(*) from public.pot_entries where pot_id = %s", [self.pot_id]
            ).fetchone()
        assert row is not None
        return int(row[0])


class Alone:
    """One server where the harness has three."""

    def __init__(self, server: OwnServer) -> None:
        # Told beforehand: a server that is down cannot be asked for its port.
        self._url, self._inside = server.db.url(), server.db.url("authenticator")

    def url(self) -> str:
        """Where everybody is."""
        return self._url

    def inside(self, _node: Node) -> str:
        """The same, for those beside it."""
        return self._inside


def named(error: BaseException) -> str:
    """What a caller can tell an error by: its SQLSTATE or token, `lost` for a lost connection."""
    if isinstance(error, psycopg.Error) and error.sqlstate is not None:
        return error.sqlstate
    return error.token if isinstance(error, RpcError) else "lost"


def join(api: Api, user: uuid.UUID, pot_id: str, key: str) -> str:
    """One join; the entry's id."""
    answer: str = api.call(
        player(user), "join_pot", pot_id=pot_id, ticket_count=1, idempotency_key=key
    )["entry_id"]
    return answer


# ------------------------------------------------------------------------- the faults


def kill(leader: Node, nodes: Fleet) -> Node:
    """The machine is gone; later it comes back."""
    leader.signal(signal.SIGKILL)
    assert leader.patroni is not None
    leader.patroni.wait()
    new = nodes.leader(but=leader)
    nodes.start_node(leader)
    return new


def freeze(leader: Node, nodes: Fleet) -> Node:
    """The machine stands still for longer than its lease, and then goes on as if nothing was."""
    leader.signal(signal.SIGSTOP)
    try:
        return nodes.leader(but=leader)
    finally:
        leader.signal(signal.SIGCONT)


def cut_off(leader: Node, nodes: Fleet) -> Node:
    """The machine runs, with clients of its own, and nobody else reaches it nor it them."""
    leader.cut()
    try:
        new = nodes.leader(but=leader)
        # It must have stepped down by itself: nobody told it.
        wait_for(lambda: _refuses_writes(nodes, leader) or None, "the old primary to step down")
        return new
    finally:
        leader.heal()


def _refuses_writes(nodes: Fleet, node: Node) -> bool:
    try:
        with psycopg.connect(nodes.inside(node), connect_timeout=2, autocommit=True) as conn:
            row = conn.execute("select pg_is_in_recovery()").fetchone()
    except psycopg.OperationalError:
        return True
    return row == (True,)


FAULTS: dict[str, Callable[[Node, Fleet], Node]] = {
    "killed": kill,
    "frozen": freeze,
    "cut off": cut_off,
}


# ----------------------------------------------------------------------------- the run


def run(going: Run) -> None:
    """Every fault once with a synchronous standby, then the control without."""
    keys = {name: write_new_secret(going.directory / name) for name in "osm"}
    with fleet(going.say) as nodes:
        db = Database(cast("Cluster", nodes), 17, "postgres")
        game = Game(db, keys["o"], keys["s"], keys["m"])
        with game.api:
            game.settlement.round()
            users = game.users(PLAYERS, balance=10_000_000)
            with services(nodes.url(), going.directory, going.fail):
                for name, fault in FAULTS.items():
                    synchronous(going, game, nodes, users, name, fault)
            asynchronous(going, game, nodes, users)


def synchronous(
    going: Run,
    game: Game,
    nodes: Fleet,
    users: list[uuid.UUID],
    name: str,
    fault: Callable[[Node, Fleet], Node],
) -> None:
    """One fault under load: nothing acknowledged is lost, and the pot is drawn by the services."""
    going.say(f"the primary is {name}")
    leader = nodes.wait_until_whole()
    pot_id = game.pot(
        entry_cost=1, max_tickets=_TICKETS, max_per_user=_TICKETS, fill_seconds=_FILL_SECONDS
    )
    load = Load(game, nodes, pot_id)
    with load.running(users, leader):
        time.sleep(_BEFORE_SECONDS)
        new = fault(leader, nodes)
    if new.name == leader.name:
        going.fail(f"{name}: {leader.name} is still the primary")
    nodes.wait_until_whole()
    game.api.close()
    missing, unknown = load.missing(), len(load.unknown)
    done = load.ask_again()
    twice = load.entries() - len(load.acknowledged) - unknown
    going.figure(f"{name}: acknowledged joins", len(load.acknowledged))
    going.figure(f"{name}: of them missing", missing)
    going.figure(f"{name}: unknown, of them done", f"{unknown}, {done}")
    going.figure(f"{name}: done twice", twice)
    going.figure(f"{name}: longest wait for a join (s)", round(load.longest_gap, 1))
    if missing or twice:
        going.fail(f"{name}: {missing} acknowledged joins are lost, {twice} were done twice")
    if not unknown:
        going.fail(f"{name}: every call was answered, so the fault hit nobody")
    # However long all this took: a full pot is locked at once.
    game.join(pot_id, users[0], _TICKETS - load.entries())
    wait_for(lambda: status(game, pot_id) == "settled" or None, "the services to settle the pot")
    expect_clean(going, game, name)


def asynchronous(going: Run, game: Game, nodes: Fleet, users: list[uuid.UUID]) -> None:
    """The control: with standbys that lag, and nobody waiting for them, joins and a draw are lost.

    The draw's seed was shown: the pot that comes back must be refunded.
    """
    going.say("the control: nobody waits for the standbys, and they lag")
    nodes.wait_until_whole()
    nodes.set_synchronous(False)
    leader = nodes.wait_until_whole()
    terms = {"entry_cost": 1, "fill_seconds": _FILL_SECONDS}
    drawn = game.pot(max_tickets=PLAYERS, max_per_user=1, **terms)
    for user in users:
        join(game.api, user, drawn, f"{user}")
    pot_id = game.pot(max_tickets=_TICKETS, max_per_user=_TICKETS, **terms)
    load = Load(game, nodes, pot_id)
    with load.running(users, leader):
        time.sleep(1)
        receivers = [
            pid for node in nodes.nodes.values() if node is not leader for pid in node.receivers()
        ]
        if len(receivers) != len(nodes.nodes) - 1:
            raise AssertionError(f"{len(receivers)} processes receive WAL")
        for pid in receivers:
            os.kill(pid, signal.SIGSTOP)
        journal = LockJournal(going.directory / "control.sqlite")
        game.make_orchestrator().round()
        game.make_settlement(journal=journal).round()
        shown = status(game, drawn) == "settled"
        time.sleep(_LAG_SECONDS)
        leader.signal(signal.SIGKILL)
        # Continued, they would still read what lies in their sockets: several MB.
        for pid in receivers:
            os.kill(pid, signal.SIGKILL)
        nodes.leader(but=leader)
        nodes.start_node(leader)
    game.api.close()
    missing = load.missing()
    going.figure("control: acknowledged joins", len(load.acknowledged))
    going.figure("control: of them missing", missing)
    if not missing:
        going.fail("the control lost nothing: the other faults proved nothing")
    if not shown or status(game, drawn) != "open":
        going.fail("the control did not lose the draw that it should have lost")
        return
    game.make_settlement(journal=journal).round()
    ended = game.api.call(ANON, "get_proof", pot_id=drawn)
    going.figure("control: a draw that was lost", f"{ended['status']}, {ended.get('cause')}")
    if ended.get("cause") != "seed_spent":
        going.fail("a pot whose seed was shown, and that was lost, takes joins again")
    expect_clean(going, game, "control")


def status(game: Game, pot_id: str) -> str:
    """The pot's status."""
    found: str = game.api.call(ANON, "get_pot", pot_id=pot_id)["status"]
    return found


def expect_clean(going: Run, game: Game, name: str) -> None:
    """Every invariant holds."""
    for outcome in check_database(game.db.url()):
        going.count("invariants checked")
        if not outcome.holds:
            going.fail(f"{name}: {outcome.name} is broken")


HARNESS = Harness(
    name="failover",
    what=(
        "Three nodes under Patroni behind PgBouncer lose their primary under load, killed, frozen "
        f"(for its lease of {TTL_SECONDS} s) and cut off; no acknowledged join may be lost, and a "
        "control without a synchronous standby must lose some"
    ),
    minutes=8,
    threats=(38, 39),
    controls=("tests/assurance/test_failover.py::test_a_server_that_acknowledges_early_fails_it",),
    run=run,
)
