"""World `wild`: what operators of games and promotions tell of their traffic, pots of every shape.

Pots of six kinds open by the hour of the day, under either draw. Whoever sits down to play picks a
pot that is open then and goes on to others, so who meets whom follows from habits: when somebody
plays, for how much, and where. Groups meet besides (fans on a streamer's call, clubs, families at
one table, colleagues in a break). `wild_rings` adds who plays against the rules.
"""

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

from pypot_cli.fraud.network import Network, device, home, ipv4, neighbours
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
    whole,
)

Where = Callable[[], Origin]
"""Where somebody is for one sitting."""

Buys = Callable[[Pot], int]
"""How many tickets of a pot somebody wants."""

_REGIONS = {"DE": 5.0, "AT": 1.0, "FR": 3.0, "BR": 4.0, "IN": 4.0, "US": 6.0, "PL": 2.0, "TR": 2.0}


@dataclass(frozen=True)
class Kind:
    """A kind of pot; each pair is a range that a pot's term is drawn from."""

    share: float
    cost: tuple[int, int]
    tickets: tuple[int, int]
    cap_share: tuple[float, float]
    """The most that one player may buy, of all tickets."""
    minutes: tuple[float, float]
    second_draw: float
    """How many of them are drawn with a beacon."""


_KINDS = {
    "micro": Kind(0.30, (1, 2), (24, 70), (0.08, 0.25), (2, 8), 0.3),
    "blitz": Kind(0.22, (2, 10), (8, 20), (0.10, 0.40), (1, 3), 0.2),
    "regular": Kind(0.25, (5, 20), (40, 120), (0.04, 0.20), (6, 30), 0.4),
    "high": Kind(0.10, (50, 200), (16, 40), (0.10, 0.34), (10, 45), 0.7),
    "evening": Kind(0.08, (5, 25), (120, 300), (0.02, 0.12), (30, 90), 0.5),
    "jackpot": Kind(0.05, (10, 50), (200, 500), (0.01, 0.10), (120, 360), 0.8),
}

_TYPICAL_SHARE_OF_CAP = 0.4
_FULL = 0.55
"""Of a typical pot, when its time is up."""


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
        longest = 60 * max(kind.minutes[1] for kind in _KINDS.values())
        pots = self.script.pots
        first = bisect_left(pots, time - longest, key=_opens_at)
        last = bisect_left(pots, time, key=_opens_at)
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
            {name: around(rng, 1, 0.8) for name in _KINDS} if taste is None else taste,
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


def _opens_at(pot: Pot) -> float:
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


# ------------------------------------------------------------------------------------------ crowds


def _loners(world: World, size: int) -> list[Person]:
    return [world.person("loner", world.own_places(world.region())) for _ in range(size)]


def _family_tablet(world: World, size: int) -> list[Person]:
    """Homes with a tablet on the sofa; some families play together, most side by side."""
    rng, made = world.rng, list[Person]()
    while len(made) < size:
        region, at_home, leaning = world.region(), home(rng), rng.betavariate(1, 3)
        sofa = world.spot(at_home, [device(rng)], region)
        family = [
            world.person(
                "family_tablet",
                world.either(leaning, sofa, world.own_places(region, at_home)),
                peak=rng.gauss(20, 1.5) % 24,
            )
            for _ in range(rng.choice((2, 2, 2, 3, 3, 4, 5)))
        ]
        together = rng.betavariate(0.5, 4)
        world.gatherings.append(Gathering(family, round(together * 8), 0.8, 90))
        made += family
    return made


def _dormitory(world: World, size: int) -> list[Person]:
    """Students behind few addresses, awake late; now and then on a friend's laptop."""
    rng, made = world.rng, list[Person]()
    while len(made) < size:
        region, campus = world.region(), Network(neighbours(rng, rng.randint(1, 3)))
        rooms = min(size - len(made), whole(rng, 30, 0.5, 8, 90))
        friends = world.spot(campus, [device(rng) for _ in range(rooms)], region)
        made += [
            world.person(
                "dormitory",
                world.either(0.03, friends, world.own_places(region, campus)),
                peak=rng.gauss(23, 2) % 24,
                age_days=around(rng, 60, 1.2),
            )
            for _ in range(rooms)
        ]
    return made


def _cafe(world: World, size: int) -> list[Person]:
    """Internet cafés: one address, and each visit another of its machines, used by strangers."""
    rng, made = world.rng, list[Person]()
    while len(made) < size:
        region, machines = world.region(), [device(rng) for _ in range(rng.randint(8, 30))]
        # Some shops wipe their machines after each guest.
        wiped = rng.random() < 0.4
        shop = world.spot(Network([ipv4(rng)]), None if wiped else machines, region)
        made += [
            world.person(
                "cafe",
                world.either(rng.betavariate(4, 1.5), shop, world.own_places(region)),
                peak=rng.gauss(18, 3) % 24,
            )
            for _ in range(min(size - len(made), whole(rng, 18, 0.5, 6, 50)))
        ]
    return made


def _carrier(world: World, size: int) -> list[Person]:
    """Phones only: another address of the carrier every sitting."""
    return [
        world.person(
            "carrier",
            world.own_places(world.region(), away=1.0),
            width=world.rng.uniform(3, 9),
            taste={"micro": 3, "blitz": 2, "regular": 1},
        )
        for _ in range(size)
    ]


def _fans(world: World, size: int) -> list[Person]:
    """A streamer calls, and those who watch come at once; many signed up because of the stream."""
    rng, made = world.rng, list[Person]()
    while len(made) < size:
        region = world.region()
        channel = [
            world.person(
                "fans",
                world.own_places(region if rng.random() < 0.6 else world.region()),
                age_days=rng.uniform(0.02, 4) if rng.random() < 0.35 else None,
                appetite=0.5,
            )
            for _ in range(min(size - len(made), whole(rng, 35, 0.6, 8, 120)))
        ]
        world.gatherings.append(
            Gathering(
                channel,
                whole(rng, 2 * world.days + 2, 0.4, 2, 40),
                rng.uniform(0.12, 0.5),
                around(rng, 18, 0.6),
                ("regular", "evening", "jackpot", "micro"),
                alike=True,
            )
        )
        made += channel
    return made


def _whales(world: World, size: int) -> list[Person]:
    """Whoever plays for much, and often, and mostly takes all that the cap allows."""
    rng = world.rng
    return [
        world.person(
            "whale",
            world.own_places(world.region()),
            appetite=around(rng, 4, 0.5),
            taste={"high": 6, "jackpot": 4, "evening": 2, "regular": 1},
            buys=all_of_it if rng.random() < 0.7 else None,
            width=rng.uniform(4, 10),
        )
        for _ in range(size)
    ]


def _night_owls(world: World, size: int) -> list[Person]:
    """The few who are awake at four meet each other every night, and never agreed to."""
    rng = world.rng
    return [
        world.person(
            "night_owl",
            world.own_places(world.region()),
            peak=rng.gauss(3.5, 0.8) % 24,
            width=rng.uniform(0.8, 2),
            appetite=2.5,
        )
        for _ in range(size)
    ]


def _clubs(world: World, size: int) -> list[Person]:
    """Friends who hold their own tournament now and then, each from home or all on one sofa."""
    rng, made = world.rng, list[Person]()
    while len(made) < size:
        region, host = world.region(), home(rng)
        visits = rng.choice((0.0, 0.0, 0.3))
        club = []
        for _ in range(rng.randint(3, 8)):
            phone = device(rng)
            own = world.own_places(region, phone=phone)
            guest = world.spot(host, [phone], region)
            club.append(world.person("club", world.either(visits, guest, own), appetite=0.8))
        meets = whole(rng, 0.7 * world.days, 0.7, 1, 20)
        world.gatherings.append(
            Gathering(
                club, meets, rng.uniform(0.5, 0.95), 60, ("evening", "regular", "high"), alike=True
            )
        )
        made += club
    return made


def _travellers(world: World, size: int) -> list[Person]:
    """Hotels, airports, roaming: an address and often a country a sitting, on one phone."""
    rng = world.rng
    halls = [ipv4(rng) for _ in range(8)]

    def journey(phone: str) -> Where:
        def where() -> Origin:
            region = world.region()
            place = pick(rng, {"hotel": 3, "hall": 2, "roaming": 4, "vpn": 1})
            address = {
                "hotel": ipv4(rng),
                "hall": rng.choice(halls),
                "roaming": world.mobile(region).address(rng),
                "vpn": rng.choice(world.exits),
            }[place]
            return Origin(address, phone, region)

        return where

    return [
        world.person("traveller", journey(device(rng)), width=rng.uniform(4, 10))
        for _ in range(size)
    ]


def _private_browsers(world: World, size: int) -> list[Person]:
    """Whoever clears what a site keeps: a new device id each sitting or none, often by VPN."""
    rng, made = world.rng, list[Person]()
    for _ in range(size):
        region, uses = world.region(), rng.choice((None, None, ()))
        hidden = world.spot(Network(world.exits), uses, region)
        at_home = world.spot(home(rng), uses, region)
        where = world.either(rng.betavariate(1, 1.5), hidden, at_home)
        made.append(world.person("private_browser", where))
    return made


def _colleagues(world: World, size: int) -> list[Person]:
    """One company, clinic or depot behind one address, with breaks at fixed hours."""
    rng, made = world.rng, list[Person]()
    while len(made) < size:
        region, company = world.region(), Network([ipv4(rng)])
        pause, kiosk = (
            rng.choice((9.5, 12.2, 15, 22, 2.5)),
            world.spot(company, [device(rng)], region),
        )
        shares = rng.choice((0, 0, 0.15))
        staff = []
        for _ in range(min(size - len(made), whole(rng, 15, 0.6, 4, 60))):
            phone = device(rng)
            own = world.own_places(region, phone=phone)
            work = world.either(shares, kiosk, world.spot(company, [phone], region))
            where = world.either(rng.betavariate(3, 1.5), work, own)
            peak = (pause + rng.gauss(0, 0.2)) % 24
            staff.append(world.person("colleague", where, peak=peak, width=0.8))
        world.gatherings.append(Gathering(staff, max(1, round(world.days)), 0.25, 240))
        made += staff
    return made


def _newcomers(world: World, size: int) -> list[Person]:
    """A promotion brings waves that sign up within hours, play a little, and mostly leave."""
    rng = world.rng
    waves = [rng.uniform(-0.8 * world.days, 0.3) for _ in range(max(1, size // 25))]
    return [
        world.person(
            "newcomer",
            world.own_places(world.region()),
            appetite=0.5,
            age_days=rng.choice(waves) + rng.expovariate(8),
            stays=rng.expovariate(1) + 0.05,
        )
        for _ in range(size)
    ]


_CROWDS: dict[str, tuple[float, Callable[[World, int], list[Person]]]] = {
    "loner": (0.30, _loners),
    "family_tablet": (0.08, _family_tablet),
    "dormitory": (0.08, _dormitory),
    "cafe": (0.05, _cafe),
    "carrier": (0.14, _carrier),
    "fans": (0.10, _fans),
    "whale": (0.02, _whales),
    "night_owl": (0.03, _night_owls),
    "club": (0.04, _clubs),
    "traveller": (0.03, _travellers),
    "private_browser": (0.04, _private_browsers),
    "colleague": (0.05, _colleagues),
    "newcomer": (0.04, _newcomers),
}


# ------------------------------------------------------------------------------------------- a day


def _pots(world: World, number: int) -> None:
    rng = world.rng
    kinds = {name: kind.share for name, kind in _KINDS.items()}
    for _ in range(number):
        name = pick(rng, kinds)
        kind = _KINDS[name]
        while True:
            time = rng.uniform(0.01, world.days)
            if rng.random() < _busy(time % 1 * 24):
                break
        tickets = rng.randint(*kind.tickets)
        pot = Pot(
            new_id(rng),
            EPOCH + time * DAY,
            rng.randint(*kind.cost),
            tickets,
            max(1, round(tickets * rng.uniform(*kind.cap_share))),
            round(60 * rng.uniform(*kind.minutes)),
            2 if rng.random() < kind.second_draw else 1,
        )
        world.kind_of[pot.pot_id] = name
        world.script.pots.append(pot)
    world.script.pots.sort(key=_opens_at)


def _busy(hour: float) -> float:
    """Return how busy an hour of the day is, 0 to 1: at lunch, most in the evening, not at five."""
    bumps = ((12.5, 1.5, 0.35), (20.5, 2.8, 0.85), (24.0 + 1, 2.5, 0.3), (1, 2.5, 0.3))
    return min(1.0, 0.1 + sum(h * math.exp(-(((hour - m) / w) ** 2) / 2) for m, w, h in bumps))


def populate(world: World, honest: int) -> list[Person]:
    """Sign up so many honest people, about, in groups as they come."""
    people: list[Person] = []
    for share, make in _CROWDS.values():
        size = round(honest * share)
        if size:
            people += make(world, size)
    people += _loners(world, max(0, honest - len(people)))
    return people


def plan_sittings(world: World, people: Sequence[Person]) -> None:
    """Plan who plays when, so often that a typical pot is nearly full at its end."""
    wanted = sum(
        _FULL * pot.max_tickets / max(1, _TYPICAL_SHARE_OF_CAP * pot.max_per_user)
        for pot in world.script.pots
    )
    total = sum(person.appetite for person in people)
    for person in people:
        # A sitting is about two pots.
        expected = wanted / 2 * person.appetite / total
        world.sit_down(person, _poisson(world.rng, expected))
    for group in world.gatherings:
        world.gather(group)


def _poisson(rng: random.Random, mean: float) -> int:
    """Return a Poisson number, by adding up waits (Knuth)."""
    number, passed = -1, 0.0
    while passed < mean:
        passed += rng.expovariate(1)
        number += 1
    return max(number, 0)


def begin(seed: str, number: int, days: float) -> World:
    """Return a world with its pots, and nobody in it."""
    world = World(random.Random(f"wild {seed}"), days, Script("wild", seed))
    world.exits = [ipv4(world.rng) for _ in range(40)]
    _pots(world, number)
    return world


def finish(world: World) -> Script:
    """Let everything happen and return the script."""
    world.run()
    world.script.wishes.sort(key=lambda wish: wish.at)
    return world.script
