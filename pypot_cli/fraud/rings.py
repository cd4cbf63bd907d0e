"""Attackers: rings of accounts that one person or a few work together.

A strategy says what ties the accounts of a ring, which is what defines it; how many there are, how
old, how quick, how greedy and how noisy is drawn anew for each ring, from broad distributions.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from pypot_cli.fraud.network import Network, device, home, ipv4
from pypot_cli.fraud.people import REGIONS, City, Person, honest
from pypot_cli.fraud.script import DAY, EPOCH, HOUR, Account, Origin, around, new_id, pick, whole

From = Callable[[random.Random, int, float], Origin]
"""Where member number n of a ring comes from at a time."""


@dataclass
class Ring:
    """Accounts that act together, when they do, and how they hide."""

    name: str
    strategy: str
    accounts: list[Account]
    comes_from: From
    start: float
    end: float
    hour: float
    """UTC, around which it works."""
    works: float
    """Hours a day."""
    pots: float
    """How many pots it means to play in the whole time."""
    comes: float
    """The chance that a member takes part, when the ring plays a pot."""
    first: float
    """Median seconds from a pot's opening to the first join."""
    gap: float
    """Median seconds between two joins."""
    uneven: float
    """Spread of those gaps, as in `around`."""
    shuffled: bool
    """Whether the members come in another order each time."""
    share: tuple[float, float]
    """Of the cap, how much a member buys: between these."""
    dear: float
    alone: float
    """How much each account plays by itself besides, as an honest person would (sessions)."""
    disguise: list[Person] = field(default_factory=list)
    """The members as persons, for what they do alone."""

    def works_at(self, time: float) -> bool:
        """Whether the ring is at work then."""
        if not self.start <= time <= self.end:
            return False
        off = abs((time % DAY) / HOUR - self.hour)
        return min(off, 24 - off) <= self.works / 2

    def tickets(self, rng: random.Random, cap: int) -> int:
        """Return how many tickets a member buys."""
        return max(1, min(cap, round(cap * rng.uniform(*self.share))))


def hidden_behind(rng: random.Random, city: City) -> Network:
    """Return the one address of somebody who may sit at home, in a data centre or behind a VPN."""
    where = pick(rng, {"home": 5, "hosting": 2, "vpn": 1.5, "mobile": 1})
    if where == "vpn":
        return Network([rng.choice(rng.choice(city.vpns).pool)])
    if where == "mobile":
        return Network([rng.choice(rng.choice(city.carriers).pool)])
    return home(rng) if where == "home" else Network([ipv4(rng)])


def many_addresses(rng: random.Random, city: City) -> Callable[[random.Random], str]:
    """Return what gives another address nearly every time: proxies of homes, a VPN, a carrier."""
    where = pick(rng, {"proxies": 5, "vpn": 2, "mobile": 2})
    if where == "proxies":
        return lambda rng: home(rng).address(rng)
    net = rng.choice(city.vpns if where == "vpn" else city.carriers)
    return net.address


def _ip_ring(rng: random.Random, city: City, size: int) -> From:
    nets = [hidden_behind(rng, city) for _ in range(1 if rng.random() < 0.75 else 2)]
    devices = [device(rng) for _ in range(size)]
    region = pick(rng, REGIONS)

    def comes(rng: random.Random, member: int, _: float) -> Origin:
        return Origin(nets[member % len(nets)].address(rng), devices[member], region)

    return comes


def _device_ring(rng: random.Random, city: City, size: int) -> From:
    nets = [hidden_behind(rng, city)]
    if rng.random() < 0.4:
        nets.append(rng.choice(city.carriers))
    devices = [device(rng) for _ in range(1 if size < 6 or rng.random() < 0.7 else 2)]
    region = pick(rng, REGIONS)

    def comes(rng: random.Random, member: int, _: float) -> Origin:
        return Origin(rng.choice(nets).address(rng), devices[member % len(devices)], region)

    return comes


def _rotating_ips(rng: random.Random, city: City, size: int) -> From:
    address, used, region = many_addresses(rng, city), device(rng), pick(rng, REGIONS)
    return lambda rng, member, time: Origin(address(rng), used, region)


def _rotating_devices(rng: random.Random, city: City, size: int) -> From:
    net, region = hidden_behind(rng, city), pick(rng, REGIONS)
    without = rng.random() * 0.3

    def comes(rng: random.Random, _: int, __: float) -> Origin:
        used = None if rng.random() < without else device(rng)
        return Origin(net.address(rng), used, region)

    return comes


def _paired(rng: random.Random, city: City, size: int) -> From:
    nets = [home(rng) if rng.random() < 0.7 else Network([ipv4(rng)]) for _ in range(size)]
    devices = [device(rng) for _ in range(size)]
    regions = [pick(rng, REGIONS) for _ in range(size)]

    def comes(rng: random.Random, member: int, _: float) -> Origin:
        return Origin(nets[member].address(rng), devices[member], regions[member])

    return comes


def _slow_drip(rng: random.Random, city: City, size: int) -> From:
    nets = [hidden_behind(rng, city) for _ in range(rng.randint(1, max(1, size // 3)))]
    devices = [device(rng) for _ in range(rng.randint(max(1, size // 4), size))]
    region = pick(rng, REGIONS)
    loyal = rng.random()

    def comes(rng: random.Random, member: int, _: float) -> Origin:
        kept = rng.random() < loyal
        net = nets[member % len(nets)] if kept else rng.choice(nets)
        used = devices[member % len(devices)] if kept else rng.choice(devices)
        return Origin(net.address(rng), used, region)

    return comes


def _cap_splitter(rng: random.Random, city: City, size: int) -> From:
    region, mine, phone = pick(rng, REGIONS), home(rng), rng.choice(city.carriers)
    ties = pick(rng, {"address": 4, "device": 3, "either": 3})
    main = device(rng)
    devices = [main if ties == "device" else device(rng) for _ in range(size)]
    if ties == "either":
        devices = [main if rng.random() < 0.5 else each for each in devices]

    def comes(rng: random.Random, member: int, _: float) -> Origin:
        by_phone = {"address": 0.05, "device": 0.5}.get(ties, 0.8 if devices[member] == main else 0)
        net = phone if rng.random() < by_phone else mine
        return Origin(net.address(rng), devices[member], region)

    return comes


def _mixture(rng: random.Random, city: City, size: int) -> From:
    """Half of them share an address, the others a device, and some are seen with both."""
    net, shared, region = hidden_behind(rng, city), device(rng), pick(rng, REGIONS)
    elsewhere = many_addresses(rng, city)
    devices = [device(rng) for _ in range(size)]
    bridges = rng.randint(1, max(1, size // 3))
    split = rng.randint(bridges, max(bridges, size - 1))

    def comes(rng: random.Random, member: int, _: float) -> Origin:
        if member < bridges:
            return Origin(
                net.address(rng), shared if rng.random() < 0.5 else devices[member], region
            )
        if member < split:
            return Origin(net.address(rng), devices[member], region)
        return Origin(elsewhere(rng), shared, region)

    return comes


@dataclass(frozen=True)
class Strategy:
    """What its rings are like: the median size and its bounds, and where they come from."""

    size: tuple[float, int, int]
    comes_from: Callable[[random.Random, City, int], From]


STRATEGIES: dict[str, Strategy] = {
    "ip_ring": Strategy((6, 3, 25), _ip_ring),
    "device_ring": Strategy((5, 2, 14), _device_ring),
    "rotating_ips": Strategy((6, 3, 16), _rotating_ips),
    "rotating_devices": Strategy((6, 3, 16), _rotating_devices),
    "paired": Strategy((2.2, 2, 4), _paired),
    "slow_drip": Strategy((8, 4, 20), _slow_drip),
    "cap_splitter": Strategy((3, 2, 6), _cap_splitter),
    "mixture": Strategy((9, 5, 25), _mixture),
}


def rings(
    rng: random.Random, city: City, names: list[str], accounts: int, days: float
) -> list[Ring]:
    """Return rings of those strategies in turn, one of each or more, of about `accounts` in all."""
    made: list[Ring] = []
    left = accounts
    while len(made) < len(names) or left >= 2:
        name = names[len(made) % len(names)]
        median, low, high = STRATEGIES[name].size
        size = whole(rng, median, 0.55, low, high)
        # One of each comes first: nobody takes what the others need.
        missing = max(0, len(names) - len(made) - 1)
        size = max(low, min(size, left - missing * 4))
        made.append(ring(rng, city, f"{name}-{len(made)}", name, size, days))
        left -= size
    return made


def ring(rng: random.Random, city: City, name: str, strategy: str, size: int, days: float) -> Ring:
    """Return one ring of a strategy."""
    hour, works = rng.gauss(19.5, 2.5) % 24, rng.uniform(3, 14)
    # It begins with a day's work, so that it has worked when it ends.
    day = int(rng.uniform(0, 0.6) * days)
    start = EPOCH + day * DAY + max(0.0, hour - works / 2) * HOUR
    length = min(days * DAY, max(14 * HOUR, around(rng, 0.45 * days * DAY, 0.6)))
    drips = strategy == "slow_drip"
    splits = strategy == "cap_splitter"
    low = rng.uniform(0.7, 1.0) if splits else rng.uniform(0.05, 0.5 if drips else 0.9)
    made = Ring(
        name=name,
        strategy=strategy,
        accounts=_accounts(rng, strategy, name, size, start),
        comes_from=STRATEGIES[strategy].comes_from(rng, city, size),
        start=start,
        end=start + length,
        hour=hour,
        works=works,
        pots=max(3, around(rng, 14, 0.8)),
        comes=rng.betavariate(8, 1.2) if size < 4 else rng.betavariate(4, 1.5),
        first=around(rng, 60, 1.2),
        gap=around(rng, 240, 0.8) if drips else around(rng, 20, 1.1),
        uneven=rng.uniform(0.1, 1.0),
        shuffled=rng.random() < 0.6,
        share=(low, rng.uniform(low, 1.0 if not drips else max(low, 0.6))),
        dear=rng.uniform(-0.5, 1),
        alone=max(0.0, around(rng, 1.0, 1.0) - 0.6),
    )
    for account in made.accounts:
        person = honest(rng, strategy)
        person.account = account
        person.hour = made.hour
        made.disguise.append(person)
    return made


def _accounts(
    rng: random.Random, strategy: str, name: str, size: int, start: float
) -> list[Account]:
    """Return accounts that were made for this, put by long before, or bought from others."""
    source = pick(rng, {"fresh": 5, "put by": 3, "bought": 2})
    batch = around(rng, 2 * HOUR, 1.5)
    put_by = start - around(rng, 30 * DAY, 0.8)
    weeks = around(rng, 10 * DAY, 0.8)
    accounts = []
    for _ in range(size):
        if source == "fresh":
            made_at = start - rng.random() * batch
        elif source == "put by":
            made_at = min(start, put_by + rng.random() * weeks)
        else:
            made_at = start - min(1600 * DAY, around(rng, 250 * DAY, 1.0))
        accounts.append(Account(new_id(rng), strategy, name, made_at))
    return accounts
