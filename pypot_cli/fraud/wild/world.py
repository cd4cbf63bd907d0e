"""What a world is made of: people, where they are and what they buy, and what happens next."""

from __future__ import annotations

import heapq
import math
import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from uuid import UUID

from pypot_cli.fraud.network import Network, device, home, neighbours
from pypot_cli.fraud.script import (
    DAY,
    EPOCH,
    HONEST,
    HOUR,
    Account,
    Origin,
    Pot,
    Script,
    Wish,
    around,
    new_id,
    pick,
)
from pypot_cli.fraud.wild.kinds import KINDS

Where = Callable[[], Origin]
"""Where somebody is for one sitting."""


Buys = Callable[[Pot], int]
"""How many tickets of a pot somebody wants."""


_REGIONS = {"DE": 5.0, "AT": 1.0, "FR": 3.0, "BR": 4.0, "IN": 4.0, "US": 6.0, "PL": 2.0, "TR": 2.0}


@dataclass
class Person:
    """Somebody with one account, and habits."""

    user_id: UUID
    peak: float
    """The hour they like best."""
    width: float
    """How many hours round it."""
    appetite: float
    """How often they play, 1 is usual."""
    taste: dict[str, float]
    """How much they like each kind of pot."""
    buys: Buys
    where: Where
    stays: float
    """For how many days after the sign-up they typically play."""


@dataclass(frozen=True)
class Gathering:
    """People who now and then play the same pot by arrangement."""

    members: Sequence[Person]
    times: int
    turnout: float
    seconds: float
    """Typical time from the call to a join."""
    kinds: Sequence[str] = ()
    alike: bool = False
    """Whether they all buy the number that was named."""


@dataclass
class World:
    """A world as it is made: what is open when, who bought what, and what happens next."""

    rng: random.Random
    days: float
    script: Script
    kind_of: dict[UUID, str] = field(default_factory=dict)
    exits: list[str] = field(default_factory=list)
    """Addresses of VPNs, which honest people and others use."""
    carriers: dict[str, list[Network]] = field(default_factory=dict)
    gatherings: list[Gathering] = field(default_factory=list)
    _since: dict[UUID, float] = field(default_factory=dict)
    _sold: Counter[UUID] = field(default_factory=Counter)
    _held: Counter[tuple[UUID, UUID]] = field(default_factory=Counter)
    _acts: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _number: count[int] = field(default_factory=count)

    # ------------------------------------------------------------------ time

    def at(self, time: float, act: Callable[[], None]) -> None:
        """Let something happen at a time."""
        heapq.heappush(self._acts, (time, next(self._number), act))

    def run(self) -> None:
        """Let everything happen, in order."""
        while self._acts:
            _, _, act = heapq.heappop(self._acts)
            act()

    # ------------------------------------------------------------------ pots

    def room(self, pot: Pot) -> int:
        """Return how many tickets are left."""
        return pot.max_tickets - self._sold[pot.pot_id]

    def open_at(self, time: float) -> list[Pot]:
        """Return the pots with tickets left that somebody could join then."""
        longest = 60 * max(kind.minutes[1] for kind in KINDS.values())
        pots = self.script.pots
        first = bisect_left(pots, time - longest, key=opens_at)
        last = bisect_left(pots, time, key=opens_at)
        return [pot for pot in pots[first:last] if time < pot.locks_at and self.room(pot) > 0]

    def buy(
        self,
        time: float,
        user_id: UUID,
        pot: Pot,
        tickets: int,
        origin: Origin,
        cancels_after: float | None = None,
        computed: bool = False,
    ) -> None:
        """Wish to join, for fewer tickets where so many cannot be had, or not for none."""
        may = pot.max_per_user - self._held[pot.pot_id, user_id]
        tickets = min(tickets, may, self.room(pot))
        if tickets < 1 or not max(pot.opens_at, self._since[user_id]) < time < pot.locks_at:
            return
        self._sold[pot.pot_id] += tickets
        self._held[pot.pot_id, user_id] += tickets
        self.script.wishes.append(
            Wish(time, user_id, pot.pot_id, tickets, origin, cancels_after, computed)
        )

    def later(
        self,
        time: float,
        user_id: UUID,
        pot: Pot,
        tickets: int,
        where: Where,
        computed: bool = False,
    ) -> None:
        """Let somebody buy at a time, from where they will be."""
        self.at(time, lambda: self.buy(time, user_id, pot, tickets, where(), computed=computed))

    # ---------------------------------------------------------------- people

    def account(self, kind: str, ring: str, created_at: float) -> UUID:
        """Sign somebody up."""
        user_id = new_id(self.rng)
        self._since[user_id] = created_at
        self.script.accounts.append(Account(user_id, kind, ring, created_at))
        return user_id

    def region(self) -> str:
        """Return a country."""
        return pick(self.rng, _REGIONS)

    def mobile(self, region: str) -> Network:
        """Return a mobile carrier of a country: many customers behind few addresses."""
        if region not in self.carriers:
            self.carriers[region] = [
                Network(neighbours(self.rng, self.rng.randint(3, 24)))
                for _ in range(self.rng.randint(2, 4))
            ]
        return self.rng.choice(self.carriers[region])

    def own_places(
        self,
        region: str,
        at_home: Network | None = None,
        away: float | None = None,
        phone: str | None = None,
    ) -> Where:
        """Return where somebody with a home, a phone and perhaps a computer is.

        `away`: how often elsewhere, by the phone's carrier.
        """
        rng = self.rng
        base, phone = at_home or home(rng), phone or device(rng)
        devices = [phone, device(rng)] if rng.random() < 0.4 else [phone]
        return self.either(
            rng.betavariate(1.2, 2.5) if away is None else away,
            self.spot(self.mobile(region), [phone], region),
            self.spot(base, devices, region),
        )

    def spot(self, network: Network, devices: Sequence[str] | None, region: str) -> Where:
        """Return one place, where one of the devices is used.

        Of no devices no id is sent; None: a new one each time.
        """

        def where() -> Origin:
            used = device(self.rng) if devices is None else None
            if devices:
                used = self.rng.choice(devices)
            return Origin(network.address(self.rng), used, region)

        return where

    def either(self, chance: float, this: Where, that: Where) -> Where:
        """Return a place that is one with that chance, else the other."""
        return lambda: this() if self.rng.random() < chance else that()

    def person(
        self,
        kind: str,
        where: Where,
        *,
        age_days: float | None = None,
        peak: float | None = None,
        width: float | None = None,
        appetite: float = 1.0,
        taste: dict[str, float] | None = None,
        buys: Buys | None = None,
        stays: float = 1000,
    ) -> Person:
        """Make an honest person with an account; what is not given is drawn as for anybody."""
        rng = self.rng
        age = around(rng, 80, 1.4) if age_days is None else age_days
        return Person(
            self.account(kind, HONEST, EPOCH - age * DAY),
            rng.gauss(19.5, 3.5) % 24 if peak is None else peak,
            rng.uniform(1.5, 6) if width is None else width,
            appetite * around(rng, 1, 0.9),
            {name: around(rng, 1, 0.8) for name in KINDS} if taste is None else taste,
            buys or _habit(rng),
            where,
            stays,
        )

    # --------------------------------------------------------------- playing

    def moments(self, person: Person, number: int) -> list[tuple[float, Pot]]:
        """Return times at which somebody would play, each with a pot that is open then."""
        weights = [
            person.taste.get(self.kind_of[pot.pot_id], 0.05)
            * _likes(person, pot)
            * self._is_there(person, pot)
            + 1e-9
            for pot in self.script.pots
        ]
        pots = self.rng.choices(self.script.pots, weights, k=number)
        return [(inside(self.rng, pot), pot) for pot in pots]

    def _is_there(self, person: Person, pot: Pot) -> float:
        age = (pot.opens_at - self._since[person.user_id]) / DAY
        return math.exp(-age / person.stays) if age > 0 else 0.0

    def sit_down(self, person: Person, times: int) -> None:
        """Plan sittings: a pot each, and others that are open in the minutes that follow."""
        for start, pot in self.moments(person, times):
            self.at(start, partial(self._begin, person, start, pot))

    def _begin(self, person: Person, start: float, pot: Pot) -> None:
        origin = person.where()
        self._play(person, origin, start, pot)
        self._go_on(person, origin, start, start + around(self.rng, 9 * 60, 0.8), {pot.pot_id})

    def _go_on(
        self, person: Person, origin: Origin, now: float, end: float, seen: set[UUID]
    ) -> None:
        after = now + around(self.rng, 100, 0.8)

        def act() -> None:
            choices = [pot for pot in self.open_at(after) if pot.pot_id not in seen]
            if choices:
                weights = [person.taste.get(self.kind_of[pot.pot_id], 0.05) for pot in choices]
                pot = self.rng.choices(choices, weights)[0]
                seen.add(pot.pot_id)
                self._play(person, origin, after, pot)
            self._go_on(person, origin, after, end, seen)

        if after < end:
            self.at(after, act)

    def _play(self, person: Person, origin: Origin, time: float, pot: Pot) -> None:
        tickets = person.buys(pot)
        regret = around(self.rng, 25, 0.7) if self.rng.random() < 0.015 else None
        # Some try one ticket, watch, and come back for more.
        if tickets > 2 and regret is None and self.rng.random() < 0.15:
            more = time + around(self.rng, 30, 0.8)
            self.buy(time, person.user_id, pot, 1, origin)
            self.later(more, person.user_id, pot, tickets - 1, lambda: origin)
            return
        self.buy(time, person.user_id, pot, tickets, origin, regret)

    def gather(self, group: Gathering) -> None:
        """Plan the meetings of a group."""
        for _ in range(group.times):
            found = self.moments(self.rng.choice(group.members), 6)
            fitting = [
                each
                for each in found
                if not group.kinds or self.kind_of[each[1].pot_id] in group.kinds
            ]
            start, pot = (fitting or found)[0]
            self.at(start, partial(self._call, group, start, pot))

    def _call(self, group: Gathering, start: float, pot: Pot) -> None:
        if self.room(pot) < 2:
            return
        named = max(1, round(pot.max_per_user * self.rng.choice((0.2, 0.5, 1))))
        for member in group.members:
            if self.rng.random() > group.turnout:
                continue
            comes = start + self.rng.expovariate(1 / group.seconds)
            tickets = named if group.alike and self.rng.random() < 0.6 else member.buys(pot)
            self.later(comes, member.user_id, pot, tickets, member.where)


def opens_at(pot: Pot) -> float:
    return pot.opens_at


def inside(rng: random.Random, pot: Pot, late: float = 0.0) -> float:
    """Return a time while a pot is open: any, or the later the nearer `late` is to 1."""
    return pot.opens_at + pot.fill_seconds * (
        0.01 + 0.96 * (late + (1 - late) * rng.betavariate(1.1, 1.6))
    )


def _likes(person: Person, pot: Pot) -> float:
    hour = (pot.opens_at - EPOCH) % DAY / HOUR
    apart = abs(hour - person.peak)
    return math.exp(-((min(apart, 24 - apart) / person.width) ** 2) / 2) + 0.01


def _habit(rng: random.Random) -> Buys:
    """Return how many tickets somebody buys: always one, a number they like, a part of the cap."""
    habit = pick(rng, {"one": 3, "number": 4, "part": 4, "cap": 1.2})
    number, part = rng.choice((2, 3, 5, 7, 10)), rng.betavariate(1.5, 2)

    def buys(pot: Pot) -> int:
        cap = pot.max_per_user
        wanted = {
            "one": 1 if rng.random() < 0.85 else 3,
            "number": number if rng.random() < 0.7 else rng.randint(1, number),
            "part": round(around(rng, part * cap, 0.4)),
            "cap": cap if rng.random() < 0.8 else round(cap * rng.uniform(0.3, 1)),
        }[habit]
        return max(1, min(cap, wanted))

    return buys


def all_of_it(pot: Pot) -> int:
    """Buy what the cap allows."""
    return pot.max_per_user
