"""Honest people, one by one and in the crowds in which they look like something else.

Each crowd is here because some rule would be tempted by it: one address for two hundred people, one
tablet for a family, a hundred fans in the same pot within a minute.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pypot_cli.fraud.network import Network, device, home, ipv4, ipv6_site, neighbours
from pypot_cli.fraud.script import DAY, EPOCH, HONEST, Account, Origin, around, new_id, pick, whole

REGIONS = {"DE": 4.0, "AT": 1.0, "CH": 1.0, "FR": 2.0, "PL": 1.5, "SE": 0.8}


@dataclass
class City:
    """What people share without knowing each other: carriers, VPNs, campuses."""

    carriers: list[Network]
    vpns: list[Network]

    @classmethod
    def built(cls, rng: random.Random, players: int) -> City:
        """Build one for that many players; very many may share an address of a carrier."""
        carriers = [
            Network(neighbours(rng, whole(rng, max(2.0, players / 400), 0.6, 2, 60)))
            if rng.random() < 0.8
            else Network([ipv6_site(rng) for _ in range(max(8, players // 4))])
            for _ in range(4)
        ]
        vpns = [Network([ipv4(rng) for _ in range(whole(rng, 9, 0.5, 3, 30))]) for _ in range(3)]
        return cls(carriers, vpns)


@dataclass
class Person:
    """Somebody who plays: how much, when, and from where."""

    account: Account
    region: str
    sessions: float
    """Expected in the whole time."""
    hour: float
    """UTC, around which most sessions begin."""
    places: list[tuple[float, Network]]
    devices: list[str]
    tickets: float = 0.25
    """How much of the cap is usual, 0..1."""
    dear: float = 0.0
    """-1 keeps to cheap pots, 1 to dear ones."""
    restless: bool = False
    """Every join may come from another place."""
    forgets: bool = False
    """A new device id every session, as a private window has."""
    new_phone_at: float | None = None
    weekdays_only: bool = False
    _new_phone: str | None = None

    def origin(self, rng: random.Random, time: float) -> Origin:
        """Return where a session of theirs comes from."""
        place = rng.choices([net for _, net in self.places], [share for share, _ in self.places])[0]
        if self.forgets:
            used = device(rng) if rng.random() < 0.7 else None
        else:
            used = rng.choices(
                self.devices, [1 / (n + 1) ** 1.5 for n in range(len(self.devices))]
            )[0]
            if self.new_phone_at is not None and time > self.new_phone_at:
                self._new_phone = self._new_phone or device(rng)
                used = self._new_phone
        return Origin(place.address(rng), used, self.region)

    def wants(self, rng: random.Random, cap: int) -> int:
        """Return how many tickets they buy this time."""
        if rng.random() < self.tickets**2:
            return cap
        return min(cap, 1 + int(rng.expovariate(1 / max(0.05, self.tickets * cap))))


@dataclass
class Group:
    """People who now and then play together.

    `calls` is how often in the whole time, `comes` the chance that somebody follows a call,
    `delay` the median seconds after which they join, `stays` how many pots they play together.
    """

    kind: str
    members: list[Person]
    calls: float
    comes: float
    delay: float
    stays: float
    hour: float
    place: Network | None = None
    """Where they all are then, when they meet."""


@dataclass
class Crowds:
    """Everybody honest."""

    people: list[Person] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)


SHARES: dict[str, float] = {
    "single": 29,
    "household": 14,
    "office": 8,
    "campus": 8,
    "mobile": 17,
    "fans": 7,
    "whale": 1,
    "commuter": 5,
    "vpn": 4,
    "new_phone": 2,
    "newcomer": 3,
    "siblings": 2,
    "team": 1,
    "private_window": 2,
}
"""Of a hundred honest players, how many belong to which crowd."""


def crowds(rng: random.Random, city: City, count: int, days: float) -> Crowds:
    """Return about `count` honest people, by SHARES."""
    made = Crowds()
    for kind, share in SHARES.items():
        wanted = max(1, round(count * share / sum(SHARES.values())))
        before = len(made.people)
        while (missing := wanted - (len(made.people) - before)) > 0:
            _MAKERS[kind](rng, city, made, kind, missing, days)
    return made


def honest(rng: random.Random, kind: str, region: str | None = None) -> Person:
    """Return somebody with a home, a phone, perhaps a second device, and habits of their own."""
    age = min(1600 * DAY, around(rng, 170 * DAY, 1.3))
    if rng.random() < 0.04:
        age = -rng.random() * 3 * DAY
    second = [device(rng)] if rng.random() < 0.35 else []
    return Person(
        account=Account(new_id(rng), kind, HONEST, EPOCH - age),
        region=region or pick(rng, REGIONS),
        sessions=min(40.0, around(rng, 1.5, 1.0)),
        hour=rng.gauss(19.5, 2.2) % 24,
        places=[(1.0, home(rng))],
        devices=[device(rng), *second],
        tickets=rng.betavariate(1.3, 4),
        dear=rng.uniform(-1, 1),
    )


Maker = Callable[[random.Random, City, Crowds, str, int, float], None]


def _single(rng: random.Random, city: City, made: Crowds, kind: str, _: int, __: float) -> None:
    person = honest(rng, kind)
    if rng.random() < 0.3:
        person.places.append((rng.uniform(0.1, 0.8), rng.choice(city.carriers)))
    made.people.append(person)


def _household(
    rng: random.Random, city: City, made: Crowds, kind: str, missing: int, days: float
) -> None:
    net, region = home(rng), pick(rng, REGIONS)
    tablet = device(rng) if rng.random() < 0.3 else None
    members = [honest(rng, kind, region) for _ in range(min(max(2, missing), rng.randint(2, 5)))]
    for person in members:
        person.places = [(1.0, net)]
        if rng.random() < 0.4:
            person.places.append((rng.uniform(0.1, 0.5), rng.choice(city.carriers)))
        if tablet is not None and rng.random() < 0.7:
            person.devices = [*person.devices[:1], tablet]
            rng.shuffle(person.devices)
    made.people += members
    if rng.random() < 0.25:
        made.groups.append(
            Group(kind, members, days * 0.3, 0.8, around(rng, 90, 0.6), 1.3, members[0].hour, net)
        )


def _office(
    rng: random.Random, _: City, made: Crowds, kind: str, missing: int, days: float
) -> None:
    size = min(max(missing, 4), whole(rng, 45, 0.7, 20, 200))
    net, region = Network([ipv4(rng)]), pick(rng, REGIONS)
    members = [honest(rng, kind, region) for _ in range(size)]
    lunch = rng.gauss(11.0, 0.5)
    for person in members:
        person.hour = rng.gauss(lunch, 0.8) % 24
        person.places = [(1.0, net), (rng.uniform(0.1, 0.6), person.places[0][1])]
        person.weekdays_only = rng.random() < 0.8
    made.people += members
    # Colleagues at one table of the canteen.
    for start in range(0, size - 3, 15):
        table = members[start : start + rng.randint(3, 7)]
        if rng.random() < 0.4:
            made.groups.append(
                Group(kind, table, days * 0.25, 0.7, around(rng, 60, 0.5), 1.2, lunch, net)
            )


def _campus(
    rng: random.Random, city: City, made: Crowds, kind: str, missing: int, _: float
) -> None:
    size = min(max(missing, 6), whole(rng, 110, 0.5, 50, 300))
    net, region = Network(neighbours(rng, rng.randint(1, 4))), pick(rng, REGIONS)
    for _number in range(size):
        person = honest(rng, kind, region)
        person.hour = rng.gauss(rng.choice([14, 21]), 2.5) % 24
        person.places = [(1.0, net), (rng.uniform(0.1, 0.7), rng.choice(city.carriers))]
        made.people.append(person)


def _mobile(rng: random.Random, city: City, made: Crowds, kind: str, _: int, __: float) -> None:
    person = honest(rng, kind)
    person.places = [(1.0, rng.choice(city.carriers))]
    person.devices = person.devices[:1]
    made.people.append(person)


def _fans(
    rng: random.Random, city: City, made: Crowds, kind: str, missing: int, days: float
) -> None:
    size = min(max(missing, 8), whole(rng, 35, 0.6, 12, 120))
    hour = rng.gauss(20, 1.5)
    members = []
    for _number in range(size):
        person = honest(rng, kind)
        person.sessions *= 0.5
        if rng.random() < 0.4:
            person.places.append((rng.uniform(0.2, 1.5), rng.choice(city.carriers)))
        members.append(person)
    made.people += members
    made.groups.append(
        Group(
            kind, members, max(1.0, days * rng.uniform(0.3, 0.9)), rng.uniform(0.3, 0.8),
            around(rng, 14, 0.5), rng.uniform(1, 4), hour,
        )
    )  # fmt: skip


def _whale(rng: random.Random, _: City, made: Crowds, kind: str, __: int, ___: float) -> None:
    person = honest(rng, kind)
    person.sessions = rng.uniform(8, 40)
    person.tickets = rng.uniform(0.7, 1.0)
    person.dear = rng.uniform(0.3, 1)
    made.people.append(person)


def _commuter(rng: random.Random, city: City, made: Crowds, kind: str, _: int, __: float) -> None:
    person = honest(rng, kind)
    person.restless = True
    person.hour = rng.choice([6.5, 17]) + rng.gauss(0, 0.7)
    person.places = [
        (1.0, person.places[0][1]),
        (rng.uniform(0.5, 2), rng.choice(city.carriers)),
        (0.3, Network([ipv4(rng)])),
    ]
    made.people.append(person)


def _vpn(rng: random.Random, city: City, made: Crowds, kind: str, _: int, __: float) -> None:
    person = honest(rng, kind)
    person.places = [(rng.uniform(0.5, 4), rng.choice(city.vpns)), (0.5, person.places[0][1])]
    made.people.append(person)


def _new_phone(
    rng: random.Random, city: City, made: Crowds, kind: str, _: int, days: float
) -> None:
    person = honest(rng, kind)
    person.places.append((0.6, rng.choice(city.carriers)))
    person.new_phone_at = EPOCH + rng.uniform(0.2, 0.8) * days * DAY
    made.people.append(person)


def _newcomer(rng: random.Random, city: City, made: Crowds, kind: str, _: int, days: float) -> None:
    person = honest(rng, kind)
    at = EPOCH + rng.random() * days * DAY
    person.account = Account(person.account.user_id, kind, HONEST, at)
    if rng.random() < 0.5:
        person.places = [(1.0, rng.choice(city.carriers))]
    made.people.append(person)


def _siblings(rng: random.Random, city: City, made: Crowds, kind: str, _: int, days: float) -> None:
    net, region, hour = home(rng), pick(rng, REGIONS), rng.gauss(18, 2) % 24
    pair = [honest(rng, kind, region) for _ in range(2)]
    for person in pair:
        person.places = [(1.0, net), (0.3, rng.choice(city.carriers))]
        person.hour = hour
    made.people += pair
    made.groups.append(
        Group(
            kind, pair, days * rng.uniform(0.2, 0.9), rng.uniform(0.5, 0.95),
            around(rng, 60, 0.7), rng.uniform(1, 2.5), hour, net,
        )
    )  # fmt: skip


def _team(rng: random.Random, _: City, made: Crowds, kind: str, missing: int, days: float) -> None:
    members = [honest(rng, kind) for _ in range(min(max(3, missing), rng.randint(5, 8)))]
    hour = rng.gauss(19, 1)
    for person in members:
        person.sessions *= 0.6
    made.people += members
    venue = Network([ipv4(rng)]) if rng.random() < 0.3 else None
    made.groups.append(
        Group(
            kind, members, days * rng.uniform(0.4, 1), rng.uniform(0.5, 0.9), around(rng, 30, 0.6),
            rng.uniform(1, 3), hour, venue,
        )
    )  # fmt: skip


def _private_window(
    rng: random.Random, _: City, made: Crowds, kind: str, __: int, ___: float
) -> None:
    person = honest(rng, kind)
    person.forgets = True
    made.people.append(person)


_MAKERS: dict[str, Maker] = {
    "single": _single,
    "household": _household,
    "office": _office,
    "campus": _campus,
    "mobile": _mobile,
    "fans": _fans,
    "whale": _whale,
    "commuter": _commuter,
    "vpn": _vpn,
    "new_phone": _new_phone,
    "newcomer": _newcomer,
    "siblings": _siblings,
    "team": _team,
    "private_window": _private_window,
}


def session_times(rng: random.Random, person: Person, days: float, scale: float) -> Sequence[float]:
    """Return when their sessions begin; `scale` times as many as they would have."""
    expected = person.sessions * scale
    number = int(expected) + (rng.random() < expected % 1)
    begin = max(EPOCH, person.account.created_at)
    times = []
    for _ in range(max(1, number)):
        day = rng.randrange(max(1, round(days)))
        if person.weekdays_only and day % 7 >= 5:
            day -= rng.randint(1, 4)
        hour = rng.gauss(person.hour, 1.6) if rng.random() < 0.85 else rng.uniform(0, 24)
        time = EPOCH + max(0, day) * DAY + (hour % 24) * 3600
        times.append(time if time > begin else begin + rng.expovariate(1 / 400))
    return times
