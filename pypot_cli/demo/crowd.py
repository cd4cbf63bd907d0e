"""The demo's players: real connections under `authenticated`, all joining at once."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

from pypot_cli.interrupts import spread
from pypot_cli.rpc import Api, Caller, RpcError, player

CONNECTIONS = 24
"""Connections that the players share, as an API's pool would have."""

ENTRY_COST = 10
CAP = 5
"""Tickets a player may hold of a pot of the main game, which has three a player."""

TICKETS_A_PLAYER = 3
GRANT = 5_000

# What a player who wants five tickets asks for, one join after another (PRD 4.4 offers 1, 3, 5).
_WISHES = ((5,), (3, 1, 1), (1, 3, 1), (1, 1, 3))
_TAKEN_BACK = 0.02
_TOGETHER = 3
_ROUNDS = 10

# What the rules refuse in the rush for the last tickets; the first two say that there is none left.
_ENDED = {"pot_full", "pot_not_open"}
_EXPECTED = {*_ENDED, "ticket_cap_exceeded"}

# Random choices are the players' whims, never secrets.
_whim = random.Random()


@dataclass
class Tally:
    """What the players saw: seconds of each accepted join, and refusals by name."""

    joins: list[float] = field(default_factory=list)
    taken_back: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unexpected: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def joins_per_second(self) -> float:
        """Accepted joins over the time the players played."""
        return len(self.joins) / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        """Return milliseconds below which that share of the joins was answered."""
        ordered = sorted(self.joins)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class Crowd:
    """Players on a pool of connections, one a thread."""

    def __init__(self, url: str, count: int) -> None:
        self.players = [uuid4() for _ in range(count)]
        self.tally = Tally()
        self._url = url
        self._local = threading.local()
        self._opened: list[Api] = []
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="player")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        for api in self._opened:
            api.close()

    def call(self, caller: Caller, function: str, /, **arguments: Any) -> Any:
        """As Api.call, on this thread's own connection."""
        return self._api().call(caller, function, **arguments)

    def rows(self, caller: Caller, function: str, /, **arguments: Any) -> list[Any]:
        """As Api.rows, on this thread's own connection."""
        return self._api().rows(caller, function, **arguments)

    def grant(self, users: Sequence[UUID], amount: int = GRANT) -> None:
        """Have the treasury give each of them credits, once."""
        for _ in spread(self._threads, lambda user: self._grant(user, amount), users):
            pass

    def play(self, pots: Sequence[str], progress: Callable[[int], None]) -> None:
        """Fill the pots, a few at a time, each to its last ticket; `progress` counts tickets."""
        began = time.monotonic()
        for start in range(0, len(pots), _TOGETHER):
            open_pots = set(pots[start : start + _TOGETHER])
            wishes = [
                (pot_id, user, tickets)
                for pot_id in open_pots
                for user in self.players
                for tickets in _whim.choice(_WISHES)
            ]
            for _ in range(_ROUNDS):
                _whim.shuffle(wishes)
                self._wish_all(wishes, open_pots, progress)
                # Tickets that were taken back late find new buyers.
                wishes = [(pot_id, user, 1) for pot_id in open_pots for user in self.players]
        self.tally.seconds += time.monotonic() - began

    def _grant(self, user: UUID, amount: int) -> None:
        self.call(
            Caller("pot_treasury"),
            "grant_credits",
            user_id=user,
            amount=amount,
            reason="welcome",
            idempotency_key=f"demo-welcome-{user}",
        )

    def _wish_all(
        self,
        wishes: Sequence[tuple[str, UUID, int]],
        open_pots: set[str],
        progress: Callable[[int], None],
    ) -> None:
        def wish(each: tuple[str, UUID, int]) -> None:
            self._wish(*each, open_pots, progress)

        for _ in spread(self._threads, wish, wishes):
            pass

    def _wish(
        self,
        pot_id: str,
        user: UUID,
        tickets: int,
        open_pots: set[str],
        progress: Callable[[int], None],
    ) -> None:
        """Join once, with fewer tickets when fewer are left; note a pot that is sold out."""
        while tickets and pot_id in open_pots:
            began = time.monotonic()
            try:
                entry = self._join(pot_id, user, tickets)
            except RpcError as error:
                with self._lock:
                    self.tally.refused[error.token] += 1
                    if error.token not in _EXPECTED:
                        self.tally.unexpected.append(str(error))
                tickets = min(tickets, error.details.get("left", 0))
                if not tickets and error.token in _ENDED:
                    open_pots.discard(pot_id)
                continue
            with self._lock:
                self.tally.joins.append(time.monotonic() - began)
            progress(tickets)
            early = entry["tickets_sold"] < len(self.players) * TICKETS_A_PLAYER // 2
            if early and _whim.random() < _TAKEN_BACK:
                self._take_back(entry["entry_id"], user)
                progress(-tickets)
            return

    def _join(self, pot_id: str, user: UUID, tickets: int) -> Any:
        return self.call(
            player(user),
            "join_pot",
            pot_id=pot_id,
            ticket_count=tickets,
            idempotency_key=str(uuid4()),
        )

    def _take_back(self, entry_id: str, user: UUID) -> None:
        self.call(player(user), "cancel_entry", entry_id=entry_id)
        with self._lock:
            self.tally.taken_back += 1

    def _api(self) -> Api:
        api: Api | None = getattr(self._local, "api", None)
        if api is None:
            api = self._local.api = Api(self._url)
            with self._lock:
                self._opened.append(api)
        return api
