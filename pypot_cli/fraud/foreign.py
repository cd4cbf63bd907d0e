"""The foreign world: what pooled games, poker rooms and sweepstakes report, on a floor of tables.

Nothing of it is shared with the other worlds but how addresses and scripts are written. Tables of
four kinds open through the day; somebody sits down, looks at what is open, waits a little for the
next one, and gets up again. The honest have odd habits of their own (public machines, a relay that
shares its exits, regulars of one table, friends in a messenger, an influencer whose readers sign up
in the same minutes); the rings are of people who do it for a living.

It was written from what the issue of the detection lists and from how rings behave elsewhere,
without the detection's source, to measure it and not to make it.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from pypot_cli.fraud.network import device, ipv4, ipv6_site, neighbours
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

_JOINS_A_PLAYER = 4.6
_JOINS_A_SITTING = 2.3
_TAKEN_BACK = 0.01
_REGIONS = {"ES": 3.0, "IT": 3.0, "NL": 1.5, "IE": 1.0, "CZ": 1.0}


# ------------------------------------------------------------------------------------- the floor


@dataclass(frozen=True)
class _Kind:
    cost: int
    cap: int
    seconds: float
    size: float
    share: float


_KINDS = (
    _Kind(1, 2, 420, 0.6, 0.4),
    _Kind(5, 5, 1_800, 1.0, 0.38),
    _Kind(25, 20, 9_000, 1.5, 0.14),
    _Kind(100, 8, 20_000, 1.8, 0.08),
)


@dataclass
class _Table:
    pot: Pot
    kind: int
    sold: int = 0
    held: Counter[UUID] = field(default_factory=Counter)

    def takes(self, now: float) -> bool:
        return (
            self.pot.opens_at + 0.3 < now < self.pot.locks_at - 0.5
            and self.sold < self.pot.max_tickets
        )


def _floor(rng: random.Random, joins: float, pots: int, days: float) -> list[_Table]:
    """Return the tables of the whole time, most of them in the evening."""
    mean = joins / pots
    made = []
    for _ in range(pots):
        number = rng.choices(range(len(_KINDS)), [each.share for each in _KINDS])[0]
        kind = _KINDS[number]
        hour = rng.gauss(20, 3.5) if rng.random() < 0.7 else rng.uniform(0, 24)
        opens = EPOCH + rng.randrange(max(1, math.ceil(days))) * DAY + hour % 24 * HOUR
        seats = max(5.0, around(rng, mean * kind.size * 1.35, 0.45))
        tickets = max(kind.cap, round(seats * (1 + 0.32 * (kind.cap - 1))))
        made.append(
            _Table(
                Pot(
                    new_id(rng), opens, kind.cost, tickets, kind.cap,
                    max(120, round(around(rng, kind.seconds, 0.3))), rng.choice((1, 2, 2)),
                ),
                number,
            )
        )  # fmt: skip
    return sorted(made, key=lambda table: table.pot.opens_at)


@dataclass(frozen=True)
class _Intent:
    """Somebody sits down at a time; `table` None: at any of those open then."""

    at: float
    user: UUID
    origin: Origin
    tickets: Callable[[int], int]
    table: _Table | None = None
    taste: float = 0.0


def _play(rng: random.Random, script: Script, tables: list[_Table], intents: list[_Intent]) -> None:
    """Turn intents into wishes, in order of time, while there is room."""
    first = 0
    for intent in sorted(intents, key=lambda each: each.at):
        while first < len(tables) and tables[first].pot.locks_at < intent.at:
            first += 1
        at, table = intent.at, intent.table
        if table is None:
            likes = [
                (each, math.exp(intent.taste * (each.kind - 1)))
                for each in tables[first : first + 60]
                if each.takes(at) and not each.held[intent.user]
            ]
            if likes:
                table = rng.choices([each for each, _ in likes], [like for _, like in likes])[0]
            else:
                # Nothing is open: some wait for the next one.
                table = next((each for each in tables[first:] if each.pot.opens_at > at), None)
                if table is None or table.pot.opens_at - at > 1_500:
                    continue
                at = table.pot.opens_at + around(rng, 25, 1)
        if not table.takes(at):
            continue
        tickets = min(
            intent.tickets(table.pot.max_per_user),
            table.pot.max_tickets - table.sold,
            table.pot.max_per_user - table.held[intent.user],
        )
        if tickets > 0:
            back = rng.uniform(5, 90) if rng.random() < _TAKEN_BACK else None
            table.sold += tickets
            table.held[intent.user] += tickets
            script.wishes.append(
                Wish(at, intent.user, table.pot.pot_id, tickets, intent.origin, back)
            )


# ------------------------------------------------------------------------------------- the honest

Where = Callable[[float], str]
"""The address somebody has at a time."""


@dataclass
class _Person:
    account: Account
    region: str
    hour: float
    sittings: float
    where: Where
    device: Callable[[float], str | None]
    greed: float
    taste: float

    def origin(self, at: float) -> Origin:
        return Origin(self.where(at), self.device(at), self.region)

    def tickets(self, rng: random.Random) -> Callable[[int], int]:
        greed = self.greed
        return lambda cap: (
            cap if greed >= 1 else min(cap, 1 + int(rng.expovariate(1) * greed * cap))
        )


@dataclass
class _City:
    carriers: list[list[str]]
    relay: list[str]
    vpns: list[list[str]]
    offices: list[str]

    @classmethod
    def built(cls, rng: random.Random, players: int) -> _City:
        return cls(
            [neighbours(rng, max(4, players // 60)) for _ in range(3)],
            [ipv4(rng) for _ in range(max(6, players // 40))],
            [[ipv4(rng) for _ in range(rng.randint(4, 14))] for _ in range(4)],
            [],
        )


def _site(rng: random.Random) -> str:
    return ipv6_site(rng) if rng.random() < 0.3 else ipv4(rng)


def _host(rng: random.Random, site: str) -> str:
    return site.replace("::/64", f"::{rng.randrange(1, 65_000):x}")


def _at(rng: random.Random, *sites: str) -> Where:
    """Return one of some places, the first more often than all others."""
    return lambda _: _host(rng, sites[0] if rng.random() < 0.65 else rng.choice(sites))


def _pool(rng: random.Random, pool: Sequence[str], lasts: float) -> Where:
    """Return an address of a pool that changes after so many seconds."""
    salt = rng.random()

    def where(at: float) -> str:
        return random.Random(f"{salt} {int(at / lasts)}").choice(pool)

    return where


def _one(name: str | None) -> Callable[[float], str | None]:
    return lambda _: name


def _slips(
    rng: random.Random, own: str, others: Sequence[str], chance: float
) -> Callable[[float], str | None]:
    """Return one's own device, now and then another."""
    return lambda _: rng.choice(others) if rng.random() < chance else own


def _person(rng: random.Random, kind: str, where: Where, region: str | None = None) -> _Person:
    age = min(1_200 * DAY, around(rng, 120 * DAY, 1.4))
    return _Person(
        Account(new_id(rng), kind, HONEST, EPOCH - age),
        region or pick(rng, _REGIONS),
        rng.gauss(20, 3) % 24,
        around(rng, 1, 0.9),
        where,
        _one(device(rng)),
        rng.betavariate(1.2, 3),
        rng.gauss(0, 0.5),
    )


@dataclass
class _Circle:
    """People who play together when one of them says so."""

    members: list[_Person]
    times: float
    comes: float
    delay: float
    hour: float
    rounds: float


@dataclass
class _Honest:
    people: list[_Person] = field(default_factory=list)
    circles: list[_Circle] = field(default_factory=list)
    regulars: list[_Person] = field(default_factory=list)
    snipers: list[_Person] = field(default_factory=list)


_SHARES = {
    "solo": 26.0, "couple": 6.0, "dynamic": 9.0, "cgnat": 14.0, "relay": 7.0, "hostel": 5.0,
    "library": 5.0, "regular": 7.0, "messenger": 6.0, "reader": 5.0, "shift": 4.0, "sniper": 0.6,
    "high_roller": 1.0, "reinstaller": 2.4, "vpn_user": 3.0,
}  # fmt: skip


def _crowds(rng: random.Random, city: _City, count: int, days: float) -> _Honest:
    made = _Honest()
    for kind, share in _SHARES.items():
        wanted = max(1, round(count * share / sum(_SHARES.values())))
        start = len(made.people)
        while len(made.people) - start < wanted:
            left = wanted - (len(made.people) - start)
            made.people += _crowd(rng, city, made, kind, left, days)
    return made


def _crowd(
    rng: random.Random, city: _City, made: _Honest, kind: str, left: int, days: float
) -> list[_Person]:
    if kind in ("couple", "shift", "messenger", "reader", "hostel", "library"):
        return _company(rng, city, made, kind, left, days)
    person = _person(rng, kind, _at(rng, _site(rng), rng.choice(rng.choice(city.carriers))))
    if kind == "dynamic":
        # A line that gets another address every night.
        person.where = _pool(rng, [ipv4(rng) for _ in range(30)], DAY)
    elif kind == "cgnat":
        person.where = _pool(rng, rng.choice(city.carriers), rng.choice((2 * HOUR, DAY)))
    elif kind == "relay":
        person.where = _pool(rng, city.relay, 900)
    elif kind == "vpn_user":
        person.where = _pool(rng, rng.choice(city.vpns), 3 * HOUR)
    elif kind == "regular":
        person.taste, person.hour, person.sittings = 0.4, rng.gauss(20.5, 0.7), 0.6
        made.regulars.append(person)
    elif kind == "sniper":
        person.sittings = 0.1
        made.snipers.append(person)
    elif kind == "high_roller":
        person.greed, person.taste, person.sittings = 1.0, 1.0, 5.0
    elif kind == "reinstaller":
        person.device = lambda _: device(rng) if rng.random() < 0.6 else None
    return [person]


def _company(
    rng: random.Random, city: _City, made: _Honest, kind: str, left: int, days: float
) -> list[_Person]:
    site, region, hour = _site(rng), pick(rng, _REGIONS), rng.gauss(20, 2)
    size = {
        "couple": 2, "shift": rng.randint(5, 14), "messenger": rng.randint(5, 15),
        "reader": max(8, left), "hostel": rng.randint(10, 30), "library": rng.randint(15, 40),
    }[kind]  # fmt: skip
    people = [_person(rng, kind, _at(rng, _site(rng)), region) for _ in range(min(size, left + 1))]
    if kind == "couple":
        phones = [device(rng) for _ in people]
        for number, person in enumerate(people):
            person.where = _at(rng, site, rng.choice(rng.choice(city.carriers)))
            person.device = _slips(rng, phones[number], phones, 0.1)
        made.circles.append(_Circle(people, days * rng.uniform(0.1, 0.7), 0.85, 70, hour, 1.5))
    elif kind == "shift":
        city.offices.append(site)
        for person in people:
            person.where, person.hour = _at(rng, site, site, _site(rng)), 12.5
        made.circles.append(_Circle(people, days * 0.6, 0.45, 100, 12.5, 1.2))
    elif kind == "messenger":
        made.circles.append(
            _Circle(people, days * rng.uniform(0.4, 1.2), 0.5, around(rng, 80, 0.7), hour, 1.5)
        )
    elif kind == "reader":
        # A post makes people sign up in the same minutes, and play at once.
        post = EPOCH + (rng.randrange(max(1, int(days))) + 0.78) * DAY
        for person in people:
            if rng.random() < 0.6:
                person.account = Account(
                    person.account.user_id, kind, HONEST, post + rng.expovariate(1 / 700)
                )
        made.circles.append(_Circle(people, 1 + days * 0.4, 0.4, 25, 19, 1.3))
    elif kind == "hostel":
        for person in people:
            person.where = _at(rng, site, rng.choice(rng.choice(city.carriers)))
    elif kind == "library":
        machines = [device(rng) for _ in range(rng.randint(4, 9))]
        for person in people:
            person.where, person.hour = _at(rng, site), rng.uniform(9, 19)
            person.device = lambda at: rng.choice(machines)
    return people


def _sit(rng: random.Random, person: _Person, at: float, joins: int) -> list[_Intent]:
    at = max(at, person.account.created_at + around(rng, 120, 0.7))
    origin, made = person.origin(at), []
    for _ in range(joins):
        made.append(
            _Intent(at, person.account.user_id, origin, person.tickets(rng), None, person.taste)
        )
        at += around(rng, 160, 1)
    return made


def _honest(
    rng: random.Random, crowd: _Honest, tables: list[_Table], joins: float, days: float
) -> list[_Intent]:
    made = []
    scale = joins / _JOINS_A_SITTING / sum(each.sittings for each in crowd.people)
    for person in crowd.people:
        expected = person.sittings * scale
        for _ in range(max(1, int(expected) + (rng.random() < expected % 1))):
            hour = rng.gauss(person.hour, 2) if rng.random() < 0.8 else rng.uniform(0, 24)
            at = EPOCH + rng.randrange(max(1, math.ceil(days))) * DAY + hour % 24 * HOUR
            made += _sit(rng, person, at, 1 + min(12, int(rng.expovariate(1 / 1.6))))
    for circle in crowd.circles:
        made += _together(rng, circle, tables, days)
    for table in tables:
        if table.kind == 2:
            # Each evening the same faces at the big table, with the same stake.
            for person in crowd.regulars:
                if rng.random() < 0.35:
                    at = table.pot.opens_at + rng.uniform(0, 0.8) * table.pot.fill_seconds
                    made.append(_seat(rng, person, table, at))
        for person in crowd.snipers:
            if rng.random() < 0.3:
                made.append(_seat(rng, person, table, table.pot.opens_at + 0.4 + rng.random()))
    return [each for each in made if each.at > EPOCH]


def _seat(rng: random.Random, person: _Person, table: _Table, at: float) -> _Intent:
    at = max(at, person.account.created_at + 60)
    return _Intent(at, person.account.user_id, person.origin(at), person.tickets(rng), table)


def _together(
    rng: random.Random, circle: _Circle, tables: list[_Table], days: float
) -> list[_Intent]:
    made = []
    for _ in range(int(circle.times) + (rng.random() < circle.times % 1)):
        at = EPOCH + rng.randrange(max(1, math.ceil(days))) * DAY
        at += rng.gauss(circle.hour, 1) % 24 * HOUR
        present = [each for each in circle.members if rng.random() < circle.comes]
        coming = [each for each in tables if each.pot.opens_at > at]
        for table in coming[: 1 + int(rng.expovariate(1) * circle.rounds)]:
            begin = table.pot.opens_at + rng.uniform(5, 0.4 * table.pot.fill_seconds)
            for person in present:
                if rng.random() < 0.85:
                    made.append(_seat(rng, person, table, begin + around(rng, circle.delay, 0.9)))
    return made


# -------------------------------------------------------------------------------------- the rings


@dataclass
class _Ring:
    """Accounts of one will. `fits`: how the stake is chosen: each, cap or split."""

    accounts: list[Account]
    region: list[str]
    where: list[Where]
    device: list[Callable[[float], str | None]]
    pots: float
    comes: float
    gap: float
    uneven: float
    moment: str = "early"
    fits: str = "each"
    alone: float = 0.3
    turns: int = 0
    """Of so many members each pot is played, others each time; 0: by `comes`."""
    order: bool = True


def _ring(rng: random.Random, city: _City, kind: str, name: str, days: float) -> _Ring:
    low, high = {
        "sock_family": (2, 5), "antidetect": (3, 8), "phone_shelf": (5, 14), "whale_split": (2, 4),
        "syndicate": (6, 14), "vpn_ring": (3, 8), "night_shift": (5, 9), "click_team": (4, 7),
        "late_pair": (2, 3), "reseller": (3, 6),
    }[kind]  # fmt: skip
    size = rng.randint(low, high)
    born = EPOCH - around(rng, 25 * DAY, 1.2)
    together = rng.random() < 0.6
    accounts = [
        Account(
            new_id(rng), kind, name,
            born + n * around(rng, 240, 0.8) if together else EPOCH - around(rng, 60 * DAY, 1.1),
        )
        for n in range(size)
    ]  # fmt: skip
    accounts = [Account(a.user_id, kind, name, min(a.created_at, EPOCH - 60)) for a in accounts]
    region = pick(rng, _REGIONS)
    ring = _Ring(
        accounts, [region] * size,
        [_at(rng, _site(rng)) for _ in accounts], [_one(device(rng)) for _ in accounts],
        pots=around(rng, 9, 0.7) * max(1, days) ** 0.5, comes=rng.uniform(0.65, 1),
        gap=around(rng, 35, 0.8), uneven=rng.uniform(0.2, 1),
        moment=rng.choice(("early", "middle", "late")),
        fits=rng.choice(("each", "cap", "cap", "split")), alone=rng.uniform(0, 0.7),
        order=rng.random() < 0.5,
    )  # fmt: skip
    home = _site(rng)
    if kind == "sock_family":
        ring.where = [_at(rng, home, rng.choice(rng.choice(city.carriers))) for _ in accounts]
    elif kind == "antidetect":
        # A residential exit for each profile, which is the profile's for good.
        ring.order = True
    elif kind == "phone_shelf":
        carrier = rng.choice(city.carriers)
        ring.where = [
            _at(rng, home) if rng.random() < 0.75 else _pool(rng, carrier, HOUR) for _ in accounts
        ]
    elif kind == "whale_split":
        ring.fits = rng.choice(("cap", "split"))
        slips = device(rng)
        own = [device(rng) for _ in accounts]
        ring.device = [_slips(rng, each, [slips], 0.12) for each in own]
    elif kind == "syndicate":
        pool = [ipv4(rng) for _ in range(rng.randint(4, 10))]
        ring.where = [lambda _: rng.choice(pool) for _ in accounts]
        ring.comes = rng.uniform(0.4, 0.8)
    elif kind == "vpn_ring":
        exits, lasts = rng.choice(city.vpns), rng.choice((HOUR, 6 * HOUR))
        ring.where = [_pool(rng, exits, lasts)] * size
    elif kind == "night_shift":
        handsets = [device(rng) for _ in range(3)]
        ring.device = [lambda _: rng.choice(handsets) for _ in accounts]
        ring.turns = rng.choice((2, 3))
        ring.where = [_pool(rng, rng.choice(city.carriers), HOUR) for _ in accounts]
    elif kind == "click_team":
        office = rng.choice(city.offices) if city.offices and rng.random() < 0.5 else home
        ring.where = [_at(rng, office, _site(rng)) for _ in accounts]
        ring.gap = around(rng, 120, 0.7)
    elif kind == "late_pair":
        ring.moment, ring.gap, ring.uneven = "late", around(rng, 9, 0.4), 0.2
    elif kind == "reseller":
        # Bought accounts, each with a cleaned device and a fresh exit every sitting.
        for number in range(size):
            ring.where[number] = lambda _: ipv4(rng)
            ring.device[number] = _one(device(rng)) if rng.random() < 0.5 else lambda _: device(rng)
        ring.fits = "cap"
    return ring


NAMES = (
    "sock_family", "antidetect", "phone_shelf", "whale_split", "syndicate", "vpn_ring",
    "night_shift", "click_team", "late_pair", "reseller",
)  # fmt: skip


def _stake(
    rng: random.Random, ring: _Ring, kind: _Kind, present: int
) -> list[Callable[[int], int]]:
    if ring.fits == "cap":
        return [lambda cap: cap] * present
    if ring.fits == "split":
        # One cap and a half between them: no account is remarkable.
        share = max(1, round(kind.cap * 1.5 / max(1, present)))
        return [lambda cap: min(cap, share)] * present
    return [lambda cap: rng.randint(1, cap)] * present


def _attack(rng: random.Random, ring: _Ring, tables: list[_Table], days: float) -> list[_Intent]:
    made = []
    begin = EPOCH + rng.uniform(0, 0.4) * days * DAY
    end = begin + rng.uniform(0.5, 1) * (days * DAY - (begin - EPOCH))
    taste = rng.gauss(0.5, 0.5)
    seen = [each for each in tables if begin < each.pot.opens_at < end + HOUR]
    weights = [math.exp(taste * (each.kind - 1)) for each in seen]
    wanted = min(1.0, ring.pots / max(1, len(seen)))
    mean = sum(weights) / max(1, len(weights))
    for table, weight in zip(seen, weights, strict=True):
        if rng.random() >= wanted * weight / mean:
            continue
        size = len(ring.accounts)
        present = [n for n in range(size) if rng.random() < ring.comes]
        if ring.turns:
            present = rng.sample(range(size), ring.turns)
        if not ring.order:
            rng.shuffle(present)
        fill = table.pot.fill_seconds
        at = table.pot.opens_at + {
            "early": around(rng, 12, 0.7),
            "middle": fill * rng.uniform(0.1, 0.5),
            "late": fill * rng.uniform(0.45, 0.8),
        }[ring.moment]  # fmt: skip
        stakes = _stake(rng, ring, _KINDS[table.kind], len(present))
        for number, stake in zip(present, stakes, strict=True):
            made.append(
                _Intent(
                    at, ring.accounts[number].user_id,
                    Origin(ring.where[number](at), ring.device[number](at), ring.region[number]),
                    stake, table,
                )
            )  # fmt: skip
            at += around(rng, ring.gap, ring.uneven)
    for number, account in enumerate(ring.accounts):
        # Each also plays as anybody does, so that not every pot of it is the ring's.
        for _ in range(int(rng.expovariate(1) * ring.alone * 2)):
            at = EPOCH + rng.uniform(0, days) * DAY
            origin = Origin(ring.where[number](at), ring.device[number](at), ring.region[number])
            made.append(_Intent(at, account.user_id, origin, lambda cap: rng.randint(1, cap)))
    return made


def write(
    seed: str, players: int, pots: int, rate: float, names: Sequence[str], days: float
) -> Script:
    """Return a script of about that many players and pots, `rate` of the players attackers."""
    rng = random.Random(f"foreign {seed}")
    script = Script("foreign", seed)
    city = _City.built(rng, players)
    crowd = _crowds(rng, city, round(players * (1 - rate)), days)
    joins = players * _JOINS_A_PLAYER
    tables = _floor(rng, joins, pots, days)
    intents = _honest(rng, crowd, tables, joins, days)
    script.accounts += [each.account for each in crowd.people]
    left, number = players * rate, 0
    order = rng.sample(list(names), len(names))
    while rate and (left > 0 or number < len(order)):
        ring = _ring(rng, city, order[number % len(order)], f"ring {number}", days)
        number += 1
        if left <= 0 and number > len(order):
            break
        left -= len(ring.accounts)
        script.accounts += ring.accounts
        intents += _attack(rng, ring, tables, days)
    _play(rng, script, tables, intents)
    script.wishes.sort(key=lambda wish: wish.at)
    script.pots = [table.pot for table in tables]
    return script
