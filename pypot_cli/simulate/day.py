"""Plays the day: one connection, every call at its time by the database's replaced clock."""

from __future__ import annotations

import heapq
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from pypot_cli import check, db, seeds
from pypot_cli.db.connection import query
from pypot_cli.db.throwaway import throwaway_cluster
from pypot_cli.fairness import signing
from pypot_cli.fraud.script import EPOCH
from pypot_cli.fraud.stage import Traffic, take_over
from pypot_cli.interrupts import terminated_as_interrupted
from pypot_cli.keys import new_secret
from pypot_cli.orchestrator import CALLER as ORCHESTRATOR
from pypot_cli.orchestrator import Orchestrator
from pypot_cli.rpc import ANON, Caller, RpcError, login_url, player
from pypot_cli.service import ONCE_RETRY_SECONDS, Client, Unheard
from pypot_cli.settlement import Settlement, signer
from pypot_cli.simulate.crowd import DAY, Crowd, Template, Wish, choose
from pypot_cli.simulate.report import Pot, Report, Screen

COMPLIANCE = Caller("pot_compliance", uuid4())
_SERVICE = Caller("service_role")
_TREASURY = Caller("pot_treasury")
_GRANT = 1_000_000
_FILL_SECONDS = 300
_STOCK = 300
# What a player meets when others are faster, or who plays too much.
_OF_THE_GAME = {
    "pot_full", "pot_not_open", "ticket_cap_exceeded", "velocity_exceeded", "insufficient_credits",
}  # fmt: skip
_METRICS = ("fill_time", "settle_time", "churn", "aborts", "payouts", "joins", "flags")


@dataclass(frozen=True)
class Wanted:
    """What to simulate; the same `seed` is the same day, None a new one.

    `hours` are those of the day that are played: from the first to before the second.
    """

    players: int
    templates: int
    seed: str | None = None
    hours: tuple[int, int] = (0, 24)


def run(wanted: Wanted, screen: Screen) -> Report:
    """Simulate a day on a fresh database of which nothing is left; return what came of it."""
    seed = wanted.seed or secrets.token_hex(8)
    began = time.monotonic()
    with (
        terminated_as_interrupted(),
        throwaway_cluster("simulate", screen.say) as (_, cluster),
    ):
        crowd = Crowd(wanted.players, seed)
        with db.connect(cluster.admin_url()) as conn:
            conn.execute(query("fraud/fast"))
        take_over(cluster.admin_url(), True)
        with db.connect(cluster.admin_url()) as conn:
            created = [datetime.fromtimestamp(EPOCH - DAY, UTC)] * wanted.players
            conn.execute(query("fraud/users"), {"ids": crowd.users, "created": created})
        with Traffic(login_url(cluster.url())) as traffic:
            screen.say(f"{wanted.players} players get credits")
            start, end = (EPOCH + hour * 3600 for hour in wanted.hours)
            day = Day(traffic, crowd, crowd.templates(wanted.templates), seed, start)
            wishes = [wish for wish in crowd.wishes() if start <= EPOCH + wish.at < end]
            screen.say(f"{len(wishes)} joins of a day")
            with screen.bar("joins tried", len(wishes)) as advance:
                day.play(wishes, end, advance)
            screen.say("reading the metrics")
            metrics = {name: day.metric(name) for name in _METRICS}
            hours = day.metric("fill_time", "hour")
            five = day.metric("joins", "five_minutes", step=3)
        with db.connect(cluster.url()) as conn:
            pots = [
                Pot(closed - EPOCH, template, filled)
                for closed, template, filled in conn.execute(query("simulate/pots"))
            ]
        screen.say("checking every invariant")
        outcomes = check.check_database(cluster.url())
    return Report(
        seed=seed,
        players=wanted.players,
        templates=day.templates,
        pots=pots,
        joins=day.joins,
        refused=dict(sorted(day.refused.items())),
        metrics=metrics,
        hours=hours,
        five_minutes=five,
        invariants=len(outcomes),
        broken=[each.name for each in outcomes if not each.holds],
        seconds=time.monotonic() - began,
    )


class Day:
    """The services, the templates and the players of one day on one database."""

    def __init__(
        self, traffic: Traffic, crowd: Crowd, templates: list[Template], seed: str, start: float
    ) -> None:
        """`start` is the Unix time at which the first pots open."""
        self.templates = templates
        self.joins = 0
        self.refused: Counter[str] = Counter()
        self._held: Counter[tuple[UUID, str]] = Counter()
        self._traffic = traffic
        self._rng = random.Random(f"day {seed}")
        self._popularity = {each.entry_cost: each.popularity for each in templates}
        self._acts: list[tuple[float, int, Callable[[], None]]] = []
        self._number = count()
        self._next_look: float | None = None
        self._start = start
        traffic.go_to(start - 3600)
        orchestrator_key, settlement_key = new_secret(), new_secret()
        for purpose, key in (("orchestrator", orchestrator_key), ("settlement", settlement_key)):
            public_key = signing.public_key(key.reveal()).hex()
            traffic.call(_SERVICE, "register_signing_key", purpose=purpose, public_key=public_key)
        self._orchestrator = Orchestrator(
            self._client(ORCHESTRATOR), _UNHEARD, orchestrator_key, clock=lambda: traffic.now
        )
        self._settlement = Settlement(
            self._client(signer("simulation")), _UNHEARD, settlement_key,
            seeds.MasterSeeds(new_secret()), stock=_STOCK,
            orchestrator_keys=[signing.public_key(orchestrator_key.reveal())],
            clock=lambda: traffic.now,
        )  # fmt: skip
        for user in crowd.users:
            traffic.call(
                _TREASURY, "grant_credits", user_id=user, amount=_GRANT, reason="simulated",
                idempotency_key=f"simulated {user}",
            )  # fmt: skip

    def play(self, wishes: list[Wish], end: float, advance: Callable[[int], None]) -> None:
        """Play until Unix time `end`, and then those pots that are under way, each to its end."""
        self._settlement.round()
        self._keep_open(1)
        self._at(self._start, self._serve)
        for wish in wishes:
            self._at(EPOCH + wish.at, lambda wish=wish: self._wish(wish, advance))  # type: ignore[misc]
        self._at(end, lambda: self._keep_open(0))
        self._run()
        while self._traffic.rows(ANON, "list_pots", status="open") or self._unsettled():
            self._traffic.go_to(self._traffic.now + 30)
            self._orchestrator.round()
            self._settlement.round()
        while self._traffic.call(ORCHESTRATOR, "roll_up_metrics")["more"]:
            pass

    def metric(self, name: str, bucket: str = "day", step: int = 1) -> list[Any]:
        """Return the day's rows of a metric, asked in `step` parts."""
        rows: list[Any] = []
        for part in range(step):
            length = DAY / step
            rows += self._traffic.rows(
                COMPLIANCE, f"metric_{name}", bucket=bucket,
                **{"from": _text(EPOCH + part * length), "to": _text(EPOCH + (part + 1) * length)},
            )  # fmt: skip
        return rows

    def _run(self) -> None:
        while self._acts:
            at, _, act = heapq.heappop(self._acts)
            self._traffic.go_to(at)
            act()

    def _at(self, moment: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._acts, (moment, next(self._number), act))

    def _wish(self, wish: Wish, advance: Callable[[int], None]) -> None:
        advance(1)
        pots = self._traffic.rows(ANON, "list_pots", status="open", page_size=100)
        # The dialog offers what is left for this player, and no pot of which they have enough.
        free = [p for p in pots if self._held[wish.user_id, p["id"]] < p["max_per_user"]]
        if not free:
            self.refused["nothing to join"] += 1
            return
        pot = choose(self._rng, free, self._popularity)
        held = self._held[wish.user_id, pot["id"]]
        left = min(pot["max_tickets"] - pot["tickets_sold"], pot["max_per_user"] - held)
        tickets = max(1, min(wish.tickets, left))
        try:
            joined = self._traffic.call(
                player(wish.user_id), "join_pot", pot_id=pot["id"], ticket_count=tickets
            )
        except RpcError as error:
            if error.token not in _OF_THE_GAME:
                raise
            self.refused[error.token] += 1
            return
        self.joins += 1
        self._held[wish.user_id, pot["id"]] += tickets
        if joined["tickets_sold"] == pot["max_tickets"]:
            # A moment later, as a service that is woken is.
            self._at(self._traffic.now + self._rng.uniform(0.05, 0.5), self._serve)

    def _serve(self) -> None:
        """Let the orchestrator do what is due, the signer a moment later; look again in time."""
        if self._orchestrator.round():
            self._at(self._traffic.now + self._rng.uniform(0.2, 2), self._settle)
        wait = self._orchestrator.due_in()
        if wait is not None:
            moment = self._traffic.now + wait + self._rng.uniform(0.05, 1)
            if self._next_look is None or moment < self._next_look - 1 or (
                self._next_look <= self._traffic.now
            ):  # fmt: skip
                self._next_look = moment
                self._at(moment, self._serve)

    def _settle(self) -> None:
        self._settlement.round()

    def _unsettled(self) -> bool:
        return any(
            self._traffic.rows(ANON, "list_pots", status=status)
            for status in ("locked", "settling")
        )

    def _keep_open(self, pots: int) -> None:
        for each in self.templates:
            self._traffic.call(
                ORCHESTRATOR, "upsert_pot_template", name=each.name, entry_cost=each.entry_cost,
                max_tickets=each.max_tickets, max_per_user=each.max_per_user,
                fill_seconds=_FILL_SECONDS, open_pots=pots,
            )  # fmt: skip

    def _client(self, caller: Caller) -> Client:
        return Client(
            self._traffic, caller, _UNHEARD, threading.Event(), give_up=ONCE_RETRY_SECONDS
        )


_UNHEARD = Unheard("simulation")


def _text(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()
