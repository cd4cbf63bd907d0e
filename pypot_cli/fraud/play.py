"""Plays a script: every wish is a real call of join_pot, every pot lives its life to its payout."""

from __future__ import annotations

import heapq
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

from pypot_cli.errors import PypotError
from pypot_cli.fairness import draw
from pypot_cli.fraud.script import Pot, Script, Wish
from pypot_cli.fraud.stage import Stage
from pypot_cli.orchestrator import CALLER as ORCHESTRATOR
from pypot_cli.rpc import ANON, RpcError, player

STOPPED = {"account_blocked", "region_blocked", "velocity_exceeded"}
"""Refusals that are the guard rails' or the detection's."""

_OF_THE_GAME = {"pot_full", "pot_not_open", "ticket_cap_exceeded"}
"""Refusals that a player meets when others were faster, or were not stopped as the script thought.
"""


@dataclass(frozen=True)
class Refusal:
    """A join that did not happen, and by what name."""

    at: float
    pot_id: str
    user_id: str
    token: str


@dataclass
class Played:
    """What came of a script besides what is in the database."""

    joins: int = 0
    taken_back: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)


class Player:
    """Plays one script on one stage, in order of time, over one connection."""

    def __init__(self, stage: Stage, script: Script) -> None:
        self.played = Played()
        self._stage = stage
        self._script = script
        # How quick the services are, not what players do.
        self._rng = random.Random(f"services {script.seed}")
        self._acts: list[tuple[float, int, Callable[[], None]]] = []
        self._number = count()
        # Live entries in the order in which they will be numbered.
        self._bought: dict[UUID, dict[str, tuple[UUID, int]]] = defaultdict(dict)

    def play(self, advance: Callable[[int], None]) -> Played:
        """Play it to the last payout; `advance` is told wishes made."""
        pots = {pot.pot_id: pot for pot in self._script.pots}
        for pot in self._script.pots:
            self._at(pot.opens_at, partial(self._open, pot))
            # A moment after its deadline, as a service that polls is.
            self._at(pot.locks_at + self._rng.uniform(0.05, 1), partial(self._time_is_up, pot))
        for wish in self._script.wishes:
            self._at(wish.at, partial(self._wish, wish, pots[wish.pot_id], advance))
        while self._acts:
            at, _, act = heapq.heappop(self._acts)
            self._stage.traffic.go_to(at)
            act()
        refused = self._stage.refusals
        if refused:
            raise PypotError(f"the services refused {refused} locks, reveals or beacons")
        return self.played

    def _at(self, time: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._acts, (time, next(self._number), act))

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        self._at(self._stage.traffic.now + seconds, act)

    def _open(self, pot: Pot) -> None:
        self._stage.traffic.call(
            ORCHESTRATOR, "create_pot", pot_id=pot.pot_id, entry_cost=pot.entry_cost,
            max_tickets=pot.max_tickets, max_per_user=pot.max_per_user,
            fill_seconds=pot.fill_seconds, draw_version=pot.draw_version,
        )  # fmt: skip

    def _wish(self, wish: Wish, pot: Pot, advance: Callable[[int], None]) -> None:
        advance(1)
        tickets = self._computed(wish) if wish.computed else wish.tickets
        if tickets is None:
            return
        joined = self._call(wish, "join_pot", pot_id=wish.pot_id, ticket_count=tickets)
        if joined is None:
            return
        self.played.joins += 1
        self._bought[wish.pot_id][joined["entry_id"]] = (wish.user_id, tickets)
        if joined["tickets_sold"] == pot.max_tickets:
            self._after(self._rng.uniform(0.05, 0.6), self._serve)
        if wish.cancels_after is not None:
            entry = joined["entry_id"]
            self._after(wish.cancels_after, partial(self._take_back, wish, entry))

    def _take_back(self, wish: Wish, entry_id: str) -> None:
        if self._call(wish, "cancel_entry", entry_id=entry_id) is not None:
            self.played.taken_back += 1
            del self._bought[wish.pot_id][entry_id]

    def _computed(self, wish: Wish) -> int | None:
        """Return how few more tickets would let the draw fall on a ticket of the joiner's ring."""
        ring = self._script.account(wish.user_id).ring
        owners = [
            self._script.account(user_id).ring
            for user_id, tickets in self._bought[wish.pot_id].values()
            for _ in range(tickets)
        ]
        seed = self._stage.seeds.seed_of(wish.pot_id).reveal()
        drawn = draw.draw_hmac(seed, draw.commit_hash(seed))
        for more in range(1, wish.tickets + 1):
            winner = draw.winner_index(drawn, len(owners) + more)
            if winner >= len(owners) or owners[winner] == ring:
                return more
        return None

    def _call(self, wish: Wish, function: str, **arguments: Any) -> Any:
        """Make a call as that player from where they are; None when it was refused."""
        traffic = self._stage.traffic
        traffic.origin = wish.origin
        try:
            return traffic.call(player(wish.user_id), function, **arguments)
        except RpcError as error:
            if error.token in STOPPED | _OF_THE_GAME:
                self.played.refusals.append(
                    Refusal(traffic.now, str(wish.pot_id), str(wish.user_id), error.token)
                )
            else:
                self.played.unexpected.append(f"{function}: {error}")
            return None
        finally:
            traffic.origin = None

    def _time_is_up(self, pot: Pot) -> None:
        seen = self._stage.traffic.call(ANON, "get_pot", pot_id=pot.pot_id)
        if seen["status"] == "open":
            self._serve()

    def _serve(self) -> None:
        """Let the orchestrator lock and attest, and the signer reveal a moment later."""
        if self._stage.orchestrator.round():
            self._after(self._rng.uniform(0.4, 3), self._settle)

    def _settle(self) -> None:
        self._stage.settlement.round()
        self._submit()

    def _submit(self) -> None:
        self._stage.submitter.round()
        due = self._stage.submitter.due_in()
        if due is not None:
            self._after(due + self._rng.uniform(0.1, 1), self._submit)
