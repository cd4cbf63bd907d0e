"""The other world, which shares no model with the usual one: what was fitted to that fails here.

Pots stand in a timetable and last minutes. Who comes is drawn pot by pot, in waves that excite
themselves (a Hawkes process), from people who move through places by a timetable of their own. Its
rings are other ones too.
"""

from __future__ import annotations

import math
import random
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from uuid import UUID

from pypot_cli.fraud.network import Network, device, ipv4, ipv6_site, neighbours
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

_JOINS_A_PLAYER = 4.5
_TICKETS_A_JOIN = 2.4
_REGIONS = ("ES", "PT", "IT", "GB", "IE")
_COSTS = (1, 5, 20, 100)


@dataclass
class Dweller:
    """An honest person: places by the hour of the day, and an appetite."""

    account: Account
    region: str
    appetite: float
    prime: float
    """The hour, UTC, at which they are most likely to play."""
    places: dict[str, Network]
    """By part of the day: night, day, way."""
    devices: list[str]
    greed: float

    def origin(self, rng: random.Random, time: float) -> Origin:
        """Return where they are then."""
        hour = (time % DAY) / HOUR
        part = "night" if hour < 7 or hour > 18 else "way" if rng.random() < 0.25 else "day"
        used = rng.choice(self.devices) if self.devices and rng.random() < 0.97 else None
        return Origin(self.places[part].address(rng), used, self.region)

    def drawn_to(self, hour: float) -> float:
        """Return how likely they play at an hour, relative to others."""
        return self.appetite * math.exp(2 * math.cos((hour - self.prime) * math.pi / 12))


@dataclass
class Outing:
    """Honest people who do the same at the same time: from when, until when, and how surely."""

    who: list[Dweller]
    start: float
    end: float
    comes: float
    delay: float
    place: Network | None = None
    costs: tuple[int, ...] = _COSTS


@dataclass
class Town:
    """Everybody honest, and what they share."""

    people: list[Dweller] = field(default_factory=list)
    outings: list[Outing] = field(default_factory=list)
    carriers: list[Network] = field(default_factory=list)
    exits: list[str] = field(default_factory=list)
    """Of VPNs."""


def _dweller(rng: random.Random, town: Town, kind: str, home: Network | None = None) -> Dweller:
    home = home or _flat(rng)
    carrier = rng.choice(town.carriers)
    day = rng.choice([home, carrier, Network([ipv4(rng)])])
    return Dweller(
        Account(new_id(rng), kind, HONEST, EPOCH - min(2000 * DAY, rng.expovariate(1 / 300) * DAY)),
        rng.choice(_REGIONS),
        rng.paretovariate(1.6),
        rng.choice([13, 18, 20, 21, 22]) + rng.uniform(-1, 1),
        {"night": home, "day": day, "way": carrier},
        [device(rng) for _ in range(rng.choice([1, 1, 1, 2, 2, 3]))],
        rng.random() ** 2,
    )


def _flat(rng: random.Random) -> Network:
    return Network([ipv6_site(rng) if rng.random() < 0.5 else ipv4(rng)])


_SHARES = {
    "resident": 38, "flatshare": 12, "dormitory": 10, "mobile_only": 12, "cafe": 5, "lan_party": 4,
    "syndicate": 4, "stream": 6, "newsletter": 3, "traveller": 3, "high_roller": 1, "behind_vpn": 2,
}  # fmt: skip


def _town(rng: random.Random, count: int, days: float) -> Town:
    carriers = [Network(neighbours(rng, whole(rng, 4 + count / 500, 0.4, 2, 40))) for _ in range(3)]
    exits = [ipv4(rng) for _ in range(whole(rng, 14, 0.4, 6, 40))]
    town = Town(carriers=carriers, exits=exits)
    for kind, share in _SHARES.items():
        left = max(1, round(count * share / sum(_SHARES.values())))
        while left > 0:
            left -= _settle(rng, town, kind, left, days)
    return town


def _settle(rng: random.Random, town: Town, kind: str, left: int, days: float) -> int:
    """Have one person, or a group of one kind, move in; return how many came."""
    sizes = {
        "flatshare": (3, 2, 6), "dormitory": (60, 15, 180), "cafe": (14, 4, 40),
        "lan_party": (20, 8, 60), "syndicate": (6, 4, 14), "stream": (40, 10, 150),
        "newsletter": (25, 5, 90),
    }  # fmt: skip
    median, low, high = sizes.get(kind, (1, 1, 1))
    size = max(min(low, 4), min(left, whole(rng, median, 0.4, low, high)))
    who = [_dweller(rng, town, kind) for _ in range(size)]
    town.people += who
    _KINDS.get(kind, _as_they_are)(rng, town, who, days)
    return size


def _evening(rng: random.Random, days: float, hour: float = 20) -> float:
    return EPOCH + rng.randrange(max(1, int(days))) * DAY + rng.gauss(hour, 1.2) * HOUR


def _as_they_are(rng: random.Random, town: Town, who: list[Dweller], days: float) -> None:
    pass


def _flatshare(rng: random.Random, town: Town, who: list[Dweller], days: float) -> None:
    home, shared = _flat(rng), device(rng)
    for each in who:
        each.places["night"] = home
        if rng.random() < 0.25:
            # The computer in the kitchen.
            each.devices.append(shared)
    if rng.random() < 0.3:
        start = _evening(rng, days)
        town.outings.append(Outing(who, start, start + 1.5 * HOUR, 0.6, 45, home))


def _dormitory(rng: random.Random, town: Town, who: list[Dweller], days: float) -> None:
    house = Network([ipv4(rng)] if rng.random() < 0.6 else neighbours(rng, 2))
    for each in who:
        each.places["night"] = house
        each.places["day"] = house if rng.random() < 0.5 else each.places["way"]


def _mobile_only(rng: random.Random, town: Town, who: list[Dweller], days: float) -> None:
    for each in who:
        each.places = dict.fromkeys(each.places, each.places["way"])


def _cafe(rng: random.Random, town: Town, who: list[Dweller], days: float) -> None:
    cafe = Network([ipv4(rng)])
    for each in who:
        each.places["day"] = cafe
        each.prime = rng.gauss(14, 1.5)


def _lan_party(rng: random.Random, town: Town, who: list[Dweller], days: float) -> None:
    start = _evening(rng, days, 18)
    hall = Network([ipv4(rng)])
    town.outings.append(Outing(who, start, start + rng.uniform(4, 9) * HOUR, 0.35, 50, hall))


def _syndicate(rng: random.Random, town: Town, who: list[Dweller], days: float) -> None:
    for _ in range(rng.randint(1, max(1, int(days)))):
        start = _evening(rng, days)
        town.outings.append(
            Outing(who, start, start + rng.uniform(0.3, 1.5) * HOUR, 0.7, around(rng, 35, 0.5))
        )


def _stream(rng: random.Random, town: Town, who: list[Dweller], days: float) -> None:
    costs = tuple(rng.sample(_COSTS, 2))
    for _ in range(max(1, round(days * rng.uniform(0.3, 1)))):
        start = _evening(rng, days)
        town.outings.append(
            Outing(
                who, start, start + rng.uniform(1, 3) * HOUR, rng.uniform(0.1, 0.5), 12, None, costs
            )
        )


def _newsletter(rng: random.Random, town: Town, who: list[Dweller], days: float) -> None:
    """People who signed up within the hours after an advertisement, and try the game at once."""
    sent = _evening(rng, days, 17)
    for each in who:
        account = each.account
        made = sent + rng.expovariate(1 / (2 * HOUR))
        each.account = Account(account.user_id, account.kind, HONEST, made)
        each.appetite *= 0.4
    town.outings.append(Outing(who, sent, sent + 5 * HOUR, 0.12, 120))


def _traveller(rng: random.Random, town: Town, who: list[Dweller], days: float) -> None:
    for each in who:
        each.places = {part: Network([ipv4(rng) for _ in range(12)]) for part in each.places}


def _high_roller(rng: random.Random, town: Town, who: list[Dweller], days: float) -> None:
    for each in who:
        each.greed, each.appetite = 1.0, rng.uniform(8, 25)


def _behind_vpn(rng: random.Random, town: Town, who: list[Dweller], days: float) -> None:
    for each in who:
        each.places = dict.fromkeys(each.places, Network(town.exits))


_KINDS: dict[str, Callable[[random.Random, Town, list[Dweller], float], None]] = {
    "flatshare": _flatshare, "dormitory": _dormitory, "mobile_only": _mobile_only, "cafe": _cafe,
    "lan_party": _lan_party, "syndicate": _syndicate, "stream": _stream, "newsletter": _newsletter,
    "traveller": _traveller, "high_roller": _high_roller, "behind_vpn": _behind_vpn,
}  # fmt: skip


# ------------------------------------------------------------------------------------ rings


Joins = Iterator[tuple[int, float, int, Origin]]
"""Joins of one pot: member, seconds after it opened, tickets, origin."""


@dataclass
class Gang:
    """A ring: its accounts, when it plays, and what each of its joins of a pot looks like."""

    accounts: list[Account]
    plays: Callable[[random.Random, Pot], bool]
    joins: Callable[[random.Random, Pot, float], Joins]
    """By the pot and the seconds that it is expected to be open."""


Found = Callable[[random.Random, Town, str, str, int, float], Gang]


def _members(
    rng: random.Random, kind: str, name: str, count: int, start: float, age: float
) -> list[Account]:
    return [
        Account(new_id(rng), kind, name, start - around(rng, age, rng.uniform(0.1, 1.2)))
        for _ in range(count)
    ]


def _campaign(rng: random.Random, days: float) -> tuple[float, float]:
    start = EPOCH + rng.random() * 0.4 * days * DAY
    return start, start + rng.uniform(0.3, 0.8) * days * DAY


def _often(
    rng: random.Random, start: float, end: float, share: float
) -> Callable[[random.Random, Pot], bool]:
    costs = rng.sample(_COSTS, rng.randint(1, 4))
    return lambda rng, pot: (
        start <= pot.opens_at <= end and pot.entry_cost in costs and rng.random() < share
    )


def _vpn_hybrid(
    rng: random.Random, town: Town, kind: str, name: str, size: int, days: float
) -> Gang:
    """Exits of a VPN that honest people use too, and fewer devices than accounts."""
    start, end = _campaign(rng, days)
    exits = rng.sample(town.exits, min(len(town.exits), rng.randint(1, 4)))
    devices = [device(rng) for _ in range(max(1, round(size * rng.uniform(0.3, 0.8))))]
    low, pace = rng.uniform(0.2, 0.9), around(rng, 15, 0.8)
    region = rng.choice(_REGIONS)

    def joins(rng: random.Random, pot: Pot, lasts: float) -> Joins:
        at = rng.expovariate(1 / 30)
        for member in rng.sample(range(size), rng.randint(max(2, size // 2), size)):
            used = devices[member % len(devices)] if rng.random() < 0.9 else rng.choice(devices)
            tickets = max(1, round(pot.max_per_user * rng.uniform(low, 1)))
            yield member, at, tickets, Origin(rng.choice(exits), used, region)
            at += rng.expovariate(1 / pace)

    age = around(rng, 12 * DAY, 1.4)
    return Gang(
        _members(rng, kind, name, size, start, age),
        _often(rng, start, end, rng.betavariate(2, 5)), joins,
    )  # fmt: skip


def _staggered(
    rng: random.Random, town: Town, kind: str, name: str, size: int, days: float
) -> Gang:
    """Over days: each day another part of the ring plays, with what yesterday's part used."""
    start, end = _campaign(rng, days)
    end = max(end, start + 0.8 * days * DAY)
    shift = max(2, round(size * rng.uniform(0.3, 0.6)))
    spots = [Network([ipv4(rng)]) for _ in range(rng.randint(1, 3))]
    devices = [device(rng) for _ in range(shift)]
    spread, region = rng.uniform(0.1, 0.9), rng.choice(_REGIONS)

    def joins(rng: random.Random, pot: Pot, lasts: float) -> Joins:
        day = int((pot.opens_at - EPOCH) / DAY)
        for place in range(shift):
            if rng.random() < 0.85:
                member = (day * max(1, shift // 2) + place) % size
                net = spots[day % len(spots)] if rng.random() < 0.8 else rng.choice(spots)
                tickets = rng.randint(1, pot.max_per_user)
                at = rng.uniform(0, max(5, spread * lasts))
                yield member, at, tickets, Origin(net.address(rng), devices[place], region)

    age = around(rng, 40 * DAY, 0.8)
    return Gang(
        _members(rng, kind, name, size, start, age),
        _often(rng, start, end, rng.betavariate(2, 6)), joins,
    )  # fmt: skip


def _mules(rng: random.Random, town: Town, kind: str, name: str, size: int, days: float) -> Gang:
    """Real people with homes, phones and old accounts, who buy what a message tells them to."""
    start, end = _campaign(rng, days)
    who = [_dweller(rng, town, kind) for _ in range(size)]
    obeys = rng.uniform(0.6, 0.95)
    accounts = _members(rng, kind, name, size, start, around(rng, 200 * DAY, 0.8))

    def joins(rng: random.Random, pot: Pot, lasts: float) -> Joins:
        told = rng.uniform(0.05, 0.4) * lasts
        tickets = rng.choice([pot.max_per_user, pot.max_per_user, max(1, pot.max_per_user // 2)])
        for member, person in enumerate(who):
            if rng.random() < obeys:
                at = told + rng.expovariate(1 / 20)
                yield member, at, tickets, person.origin(rng, pot.opens_at + at)

    return Gang(accounts, _often(rng, start, end, rng.betavariate(2, 5)), joins)


def _device_farm(
    rng: random.Random, town: Town, kind: str, name: str, size: int, days: float
) -> Gang:
    """Emulators by a script: an id each, made anew now and then; few addresses; steady gaps."""
    start, end = _campaign(rng, days)
    pool = neighbours(rng, rng.randint(1, 3)) if rng.random() < 0.7 else list(town.exits[:2])
    fresh = rng.choice([0.5, 1, 3]) * DAY
    ids: dict[tuple[int, int], str] = {}
    step, jitter = around(rng, 8, 0.9), rng.uniform(0.02, 0.4)
    region = rng.choice(_REGIONS)
    share = rng.uniform(0.15, 1)

    def joins(rng: random.Random, pot: Pot, lasts: float) -> Joins:
        at = rng.uniform(2, 60)
        for member in range(size):
            epoch = int((pot.opens_at - EPOCH) / fresh)
            if (member, epoch) not in ids:
                ids[member, epoch] = device(rng)
            tickets = max(1, round(pot.max_per_user * share))
            yield member, at, tickets, Origin(rng.choice(pool), ids[member, epoch], region)
            at += around(rng, step, jitter)

    age = around(rng, 3 * DAY, 1.5)
    return Gang(
        _members(rng, kind, name, size, start, age),
        _often(rng, start, end, rng.betavariate(2, 6)), joins,
    )  # fmt: skip


def _relay(rng: random.Random, town: Town, kind: str, name: str, size: int, days: float) -> Gang:
    """One phone that logs out and in between two joins, on a carrier or at home."""
    start, end = _campaign(rng, days)
    nets, phone = [_flat(rng), rng.choice(town.carriers)], device(rng)
    second = device(rng) if rng.random() < 0.4 else phone
    pause, region = around(rng, 35, 0.5), rng.choice(_REGIONS)

    def joins(rng: random.Random, pot: Pot, lasts: float) -> Joins:
        at = rng.expovariate(1 / 40)
        for member in range(size):
            if rng.random() < 0.9:
                used = phone if rng.random() < 0.8 else second
                tickets = rng.randint(max(1, pot.max_per_user // 2), pot.max_per_user)
                yield member, at, tickets, Origin(rng.choice(nets).address(rng), used, region)
                at += around(rng, pause, 0.4)

    age = around(rng, 60 * DAY, 1.2)
    return Gang(
        _members(rng, kind, name, size, start, age),
        _often(rng, start, end, rng.betavariate(2, 4)), joins,
    )  # fmt: skip


def _late_swarm(
    rng: random.Random, town: Town, kind: str, name: str, size: int, days: float
) -> Gang:
    """Waits until a pot is nearly full, and buys the rest with everything at once."""
    start, end = _campaign(rng, days)
    ties = rng.choice(["address", "device", "both"])
    net, shared = Network([ipv4(rng)]), device(rng)
    devices = [shared if ties == "device" else device(rng) for _ in range(size)]
    region = rng.choice(_REGIONS)

    def joins(rng: random.Random, pot: Pot, lasts: float) -> Joins:
        at = rng.uniform(0.6, 0.95) * lasts
        for member in rng.sample(range(size), size):
            place = _flat(rng) if ties == "device" else net
            used = shared if ties == "both" and rng.random() < 0.4 else devices[member]
            yield member, at, pot.max_per_user, Origin(place.address(rng), used, region)
            at += rng.expovariate(1 / 3)

    age = around(rng, 20 * DAY, 1.5)
    return Gang(
        _members(rng, kind, name, size, start, age),
        _often(rng, start, end, rng.betavariate(2, 5)), joins,
    )  # fmt: skip


_FOUNDERS: dict[str, tuple[Found, int, int]] = {
    "vpn_hybrid": (_vpn_hybrid, 4, 14),
    "staggered": (_staggered, 5, 18),
    "mules": (_mules, 3, 9),
    "device_farm": (_device_farm, 5, 30),
    "relay": (_relay, 2, 7),
    "late_swarm": (_late_swarm, 3, 10),
}

NAMES = tuple(_FOUNDERS)


def _gangs(
    rng: random.Random, town: Town, names: Sequence[str], accounts: int, days: float
) -> list[Gang]:
    made: list[Gang] = []
    while accounts >= 2 or len(made) < len(names):
        name = names[len(made) % len(names)]
        found, low, high = _FOUNDERS[name]
        missing = max(0, len(names) - len(made) - 1)
        size = max(low, min(round(low + (high - low) * rng.random() ** 2), accounts - 4 * missing))
        made.append(found(rng, town, name, f"{name}-{len(made)}", size, days))
        accounts -= size
    return made


# ----------------------------------------------------------------------------------- script


def write(
    seed: str, players: int, pots: int, rate: float, names: Sequence[str], days: float
) -> Script:
    """Return a script of about that many players and just so many pots."""
    rng = random.Random(f"other {seed}")
    script = Script("other", seed)
    town = _town(rng, round(players * (1 - rate)), days)
    gangs = _gangs(rng, town, list(names), round(players * rate), days) if rate else []
    script.accounts = [each.account for each in town.people]
    script.accounts += [account for each in gangs for account in each.accounts]
    a_pot = max(4.0, len(town.people) * _JOINS_A_PLAYER / pots)
    weights: dict[int, list[float]] = {}
    for pot in _timetable(rng, pots, days, a_pot):
        script.pots.append(pot)
        script.wishes += _played(rng, town, gangs, pot, a_pot, weights)
    script.wishes.sort(key=lambda wish: wish.at)
    return script


def _timetable(rng: random.Random, pots: int, days: float, a_pot: float) -> list[Pot]:
    opens = []
    for number in range(pots):
        day = number * days / pots
        hour = 10 + 13.5 * (day % 1) ** 0.7
        opens.append(EPOCH + int(day) * DAY + hour * HOUR + rng.uniform(0, 120))
    made = []
    for at in sorted(opens):
        cap = rng.choice([1, 2, 4, 6, 10, 20])
        tickets = max(cap, round(around(rng, a_pot, 0.3) * min(_TICKETS_A_JOIN, 1 + cap / 3)))
        made.append(
            Pot(new_id(rng), at, rng.choice(_COSTS), tickets, cap, rng.choice([300, 600, 900]))
        )
    return made


def _played(
    rng: random.Random, town: Town, gangs: Sequence[Gang], pot: Pot, a_pot: float,
    weights: dict[int, list[float]],
) -> list[Wish]:  # fmt: skip
    """Return the joins of one pot: of whoever comes by, of outings, and of rings."""
    hour = int((pot.opens_at % DAY) / HOUR)
    if hour not in weights:
        weights[hour] = list(accumulate(each.drawn_to(hour) for each in town.people))
    wishes: list[Wish] = []
    come: set[UUID] = set()

    def join(person: Dweller, at: float, place: Network | None = None) -> None:
        user = person.account.user_id
        if user in come or person.account.created_at > at - 20:
            return
        come.add(user)
        origin = person.origin(rng, at)
        if place is not None:
            origin = Origin(place.address(rng), origin.device, origin.region)
        wishes.append(Wish(at, user, pot.pot_id, _count(rng, person.greed, pot), origin))

    for outing in town.outings:
        if outing.start <= pot.opens_at <= outing.end and pot.entry_cost in outing.costs:
            for person in outing.who:
                if rng.random() < outing.comes:
                    join(person, pot.opens_at + around(rng, outing.delay, 0.7), outing.place)
    for seconds in _waves(rng, a_pot * rng.uniform(0.8, 1.6), pot.fill_seconds):
        found = bisect(weights[hour], rng.random() * weights[hour][-1])
        join(town.people[min(found, len(town.people) - 1)], pot.opens_at + seconds)

    lasts = _until_full(wishes, pot)
    for gang in gangs:
        if gang.plays(rng, pot):
            for member, seconds, tickets, origin in gang.joins(rng, pot, lasts):
                account = gang.accounts[member]
                at = max(pot.opens_at + max(0.5, seconds), account.created_at + 30)
                wishes.append(Wish(at, account.user_id, pot.pot_id, tickets, origin))
    return _sold(wishes, pot)


def _waves(rng: random.Random, expected: float, seconds: float) -> list[float]:
    """Return arrivals of a Hawkes process: those who come by themselves, and whom each draws in."""
    drawn_in = 0.35
    times = [
        seconds * rng.betavariate(1.1, 3.5) for _ in range(max(2, round(expected * (1 - drawn_in))))
    ]
    for time in times:
        # The list grows while it is walked: those who were drawn in draw in others.
        if rng.random() < drawn_in:
            times.append(time + rng.expovariate(1 / 12))
    return sorted(times)


def _count(rng: random.Random, greed: float, pot: Pot) -> int:
    if rng.random() < greed:
        return pot.max_per_user
    return min(pot.max_per_user, int(pick(rng, {"1": 6, "2": 2, "3": 2, "5": 1})))


def _until_full(wishes: Sequence[Wish], pot: Pot) -> float:
    sold = 0
    for wish in sorted(wishes, key=lambda wish: wish.at):
        sold += wish.tickets
        if sold >= pot.max_tickets:
            return wish.at - pot.opens_at
    return pot.fill_seconds


def _sold(wishes: Sequence[Wish], pot: Pot) -> list[Wish]:
    """Return the wishes that the pot had tickets for, cut to what was left."""
    left, held, sold = pot.max_tickets, Counter[UUID](), []
    for wish in sorted(wishes, key=lambda wish: wish.at):
        tickets = min(wish.tickets, left, pot.max_per_user - held[wish.user_id])
        if tickets > 0 and wish.at < pot.locks_at:
            left -= tickets
            held[wish.user_id] += tickets
            sold.append(
                Wish(wish.at, wish.user_id, pot.pot_id, tickets, wish.origin, wish.cancels_after)
            )
    return sold
