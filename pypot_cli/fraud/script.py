"""A script of traffic: who exists, which pots open, and who wishes to join which, when, from where.

It is made before any of it is played, by a seed alone, so the same seed is the same script. What is
true about an account, honest or of a ring, is in the script and in files outside of the database;
no call carries it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

HONEST = ""
"""The ring of an honest account."""

EPOCH = 1_780_272_000.0
"""When every script begins: 2026-06-01 00:00 UTC, a Monday. In Unix seconds, as all times here."""

DAY = 86_400.0
HOUR = 3_600.0


@dataclass(frozen=True)
class Account:
    """A player. `kind` names its crowd or its ring's strategy, `ring` its ring or HONEST."""

    user_id: UUID
    kind: str
    ring: str
    created_at: float

    @property
    def is_honest(self) -> bool:
        """Whether it belongs to no ring."""
        return self.ring == HONEST


@dataclass(frozen=True)
class Origin:
    """Where a request comes from: what the edge and the app put into its headers."""

    address: str
    device: str | None
    region: str

    def headers(self) -> dict[str, str]:
        """Return the headers of the request."""
        device = {} if self.device is None else {"x-device-id": self.device}
        return {"cf-connecting-ip": self.address, "cf-ipcountry": self.region, **device}


@dataclass(frozen=True)
class Pot:
    """A pot that opens at a time with those terms."""

    pot_id: UUID
    opens_at: float
    entry_cost: int
    max_tickets: int
    max_per_user: int
    fill_seconds: int
    draw_version: int = 1

    @property
    def locks_at(self) -> float:
        """Its deadline, when it is never paused."""
        return self.opens_at + self.fill_seconds


@dataclass(frozen=True)
class Wish:
    """One call of join_pot. `cancels_after`: seconds until it is taken back, None: never.

    `computed`: by somebody who knows the seed and computes how many tickets, up to `tickets`, let
    the draw fall on their ring if nobody else comes; none are bought where no number does.
    """

    at: float
    user_id: UUID
    pot_id: UUID
    tickets: int
    origin: Origin
    cancels_after: float | None = None
    computed: bool = False


@dataclass
class Script:
    """Everything that will be played, each list in order of time."""

    world: str
    seed: str
    accounts: list[Account] = field(default_factory=list)
    pots: list[Pot] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)

    def account(self, user_id: UUID) -> Account:
        """Return an account by its id."""
        return self._by_id()[user_id]

    def _by_id(self) -> dict[UUID, Account]:
        if len(self._known) != len(self.accounts):
            self._known = {each.user_id: each for each in self.accounts}
        return self._known

    _known: dict[UUID, Account] = field(default_factory=dict, repr=False, compare=False)


def new_id(rng: random.Random) -> UUID:
    """Return a random UUID (version 4) that the seed decides."""
    return UUID(int=rng.getrandbits(128), version=4)


def around(rng: random.Random, median: float, spread: float) -> float:
    """Return a log-normal number; two of three lie within median / e^spread and * e^spread."""
    return median * rng.lognormvariate(0, spread)


def whole(rng: random.Random, median: float, spread: float, low: int, high: int) -> int:
    """Return `around`, rounded and held between low and high."""
    return max(low, min(high, round(around(rng, median, spread))))


def pick(rng: random.Random, weights: dict[str, float]) -> str:
    """Return one of the names by its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def some(rng: random.Random, of: Sequence[UUID], share: float) -> list[UUID]:
    """Return each of them with that chance."""
    return [each for each in of if rng.random() < share]
