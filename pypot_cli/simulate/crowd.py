"""Who plays when: players, their visits over a day, and the templates that are kept open for them.

Pure and by a seed alone: the same seed is the same day.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

DAY = 86_400.0
TARGET_SECONDS = 90.0
JOINS_A_PLAYER = 6.0
"""What a player does on an average day."""

TICKETS = (1, 3, 5)
"""What the entry dialog offers (PRD 4.4), and how many take each."""
_TICKET_WEIGHTS = (60, 27, 13)
MEAN_TICKETS = sum(t * w for t, w in zip(TICKETS, _TICKET_WEIGHTS, strict=True)) / 100

# Templates are made to fill in this long at the expected rate of the busiest hour: the edges of the
# peak are half as busy, and caps and pots that are full lose some joins.
_PLANNED_SECONDS = 30.0
_NIGHT = 0.15
_BURSTS = 8
_BURST_SECONDS = (240.0, 900.0)
_BURST_FACTOR = (1.5, 3.0)
_JOINS_A_VISIT = 3.0
_BETWEEN_JOINS = 40.0
_COSTS = (10, 25, 50, 100, 200, 500)


@dataclass(frozen=True)
class Template:
    """A template of pots, and how much of the crowd it draws, of 1."""

    name: str
    entry_cost: int
    max_tickets: int
    max_per_user: int
    popularity: float


@dataclass(frozen=True)
class Wish:
    """At `at`, seconds into the day, a player wants so many tickets of some pot."""

    at: float
    user_id: UUID
    tickets: int


class Crowd:
    """The players of one day."""

    def __init__(self, players: int, seed: str) -> None:
        """`players` at least 1."""
        self._rng = random.Random(f"crowd {seed}")
        self.users = [UUID(int=self._rng.getrandbits(128), version=4) for _ in range(players)]
        # Few play much, most play little.
        self._activity = [self._rng.paretovariate(1.6) for _ in self.users]
        self._bursts = [
            (start, start + self._rng.uniform(*_BURST_SECONDS), self._rng.uniform(*_BURST_FACTOR))
            for start in (self._rng.uniform(0, DAY) for _ in range(_BURSTS))
        ]
        self._mean = players * JOINS_A_PLAYER / DAY

    def rate(self, at: float) -> float:
        """Return the joins a second to be expected at a time of the day, bursts included."""
        factor = max((f for start, end, f in self._bursts if start <= at < end), default=1.0)
        return self._mean * _shape(at) / _MEAN_SHAPE * factor

    def templates(self, count: int) -> list[Template]:
        """Return templates that fill in about 30 seconds at the day's peak, bursts left out."""
        weights = [1 / (place + 1) for place in range(count)]
        peak = self._mean * max(_shape(hour * 3600) for hour in range(24)) / _MEAN_SHAPE
        made = []
        for place, weight in enumerate(weights):
            popularity = weight / sum(weights)
            tickets = round(peak * popularity * MEAN_TICKETS * _PLANNED_SECONDS)
            size = max(4, min(1000, tickets))
            cost = _COSTS[place % len(_COSTS)]
            made.append(Template(f"t{place + 1}", cost, size, max(2, size // 3), popularity))
        return made

    def wishes(self) -> Iterator[Wish]:
        """Yield every wish of the day in order of time."""
        wishes = []
        most = max(self.rate(minute * 60.0) for minute in range(24 * 60)) * 1.2 / _JOINS_A_VISIT
        at = 0.0
        # Thinning (Lewis and Shedler, 1979): a faster process, of which each visit is kept with
        # the probability that the rate has of the fastest.
        while (at := at + self._rng.expovariate(most)) < DAY:
            if self._rng.random() * most > self.rate(at) / _JOINS_A_VISIT:
                continue
            user = self._rng.choices(self.users, self._activity)[0]
            moment = at
            while moment < DAY:
                tickets = self._rng.choices(TICKETS, _TICKET_WEIGHTS)[0]
                wishes.append(Wish(moment, user, tickets))
                if self._rng.random() < 1 / _JOINS_A_VISIT:
                    break
                moment += self._rng.expovariate(1 / _BETWEEN_JOINS)
        yield from sorted(wishes, key=lambda wish: wish.at)


def choose(
    rng: random.Random, pots: Sequence[dict[str, Any]], popularity: dict[int, float]
) -> dict[str, Any]:
    """Return one of open pots: the popular templates first, and what is nearly full rather.

    `popularity` is by entry cost, which tells the templates apart.
    """
    weights = [
        popularity.get(pot["entry_cost"], 0.01) * (1 + float(pot["fill_percent"]) / 50)
        for pot in pots
    ]
    return rng.choices(pots, weights)[0]


def _shape(at: float) -> float:
    """How busy a time of the day is: the night is quiet, noon busier, the evening full."""
    hour = at / 3600
    noon = 0.35 * math.exp(-(((hour - 12.5) / 2.2) ** 2))
    evening = 1.0 * math.exp(-(((hour - 20.0) / 2.6) ** 2))
    after_midnight = 1.0 * math.exp(-(((hour + 4.0) / 2.6) ** 2))
    return _NIGHT + noon + evening + after_midnight


_MEAN_SHAPE = sum(_shape(minute * 60.0) for minute in range(24 * 60)) / (24 * 60)
