"""Who plays against the rules in world `wild`, and how each kind hides.

A ring wants more of a pot than the cap allows one player, or knows the seed of a pot of draw 1 and
comes last with a computed number of tickets. What ties its accounts is what it is made of: one
home, one handset, rented proxies, a shelf of emulators, people who were hired. Size, pace, appetite
and care are drawn anew for each ring.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from pypot_cli.fraud.network import Network, device, home, ipv4, neighbours
from pypot_cli.fraud.script import DAY, EPOCH, HOUR, Origin, Pot, Script, around
from pypot_cli.fraud.wild import (
    Where,
    World,
    begin,
    finish,
    inside,
    plan_sittings,
    populate,
)

_EVERY_POT = ("micro", "blitz", "regular", "high", "evening", "jackpot")


@dataclass(frozen=True)
class Style:
    """How a kind of ring plays; pairs are ranges that each ring draws from."""

    size: tuple[int, int]
    gap: tuple[float, float]
    """Typical seconds between the joins of two accounts."""
    greed: tuple[float, float]
    """What each account buys, of the cap."""
    late: tuple[float, float] = (0.0, 0.5)
    """How late in a pot's time they begin, of that time."""
    turnout: tuple[float, float] = (0.7, 1.0)
    """How many of the accounts come to a pot."""
    alone: tuple[float, float] = (0.0, 0.5)
    """Pots that an account plays without the others, for each they play together."""
    batch_hours: tuple[float, float] | None = (1, 72)
    """Within how many hours the accounts were made; None: bought, each of its own age."""
    kinds: Sequence[str] = ("regular", "high", "evening", "jackpot")


_STYLES = {
    "home_multi": Style((2, 6), (10, 120), (0.5, 1.0)),
    "shared_handset": Style((2, 6), (25, 240), (0.4, 1.0), kinds=_EVERY_POT),
    "proxy_hopper": Style((3, 9), (20, 150), (0.5, 1.0)),
    "profile_swapper": Style((3, 10), (10, 90), (0.5, 1.0), kinds=_EVERY_POT),
    "partners": Style(
        (2, 3), (15, 600), (0.6, 1.0), turnout=(0.9, 1.0), alone=(0.1, 0.8), batch_hours=None,
        kinds=_EVERY_POT,
    ),
    "drip": Style((3, 7), (240, 1800), (0.15, 0.6), (0.0, 0.2), kinds=("regular", "evening",
        "jackpot", "high")),
    "cap_breaker": Style(
        (3, 8), (5, 90), (0.95, 1.0), (0.2, 0.8), (0.9, 1.0), batch_hours=None,
        kinds=("high", "evening", "jackpot", "regular"),
    ),
    "emulator_farm": Style((6, 18), (2, 25), (0.2, 0.9), turnout=(0.4, 0.9), batch_hours=(0.5, 8),
        kinds=_EVERY_POT),
    "bonus_crew": Style((4, 9), (15, 200), (0.3, 0.9), turnout=(0.5, 0.9), alone=(0.0, 0.2)),
    "proxy_pool": Style((3, 9), (20, 300), (0.5, 1.0), batch_hours=(12, 300)),
    "hired_hands": Style((4, 9), (8, 60), (0.5, 1.0), (0.1, 0.7), (0.6, 0.95), (0.1, 0.6), None),
    "insider": Style(
        (2, 4), (0, 0), (0.6, 1.0), (0.9, 0.98), alone=(0.0, 0.3), batch_hours=None,
        kinds=_EVERY_POT,
    ),
}  # fmt: skip

NAMES = tuple(_STYLES)


@dataclass
class Ring:
    """Accounts of one hand. `places` says where each is when it joins, `raids` what is to come."""

    strategy: str
    style: Style
    members: list[UUID]
    places: list[Where]
    gap: float
    greed: float
    turnout: float
    raids: int = 0


Raid = Callable[[World, Ring, Pot, float], None]


def write(
    seed: str, players: int, pots: int, attackers: float, strategies: Sequence[str], days: float
) -> Script:
    """Return a script of world `wild`."""
    world = begin(seed, pots, days)
    wanted = round(players * attackers)
    rings: list[Ring] = []
    number = 0
    while wanted and (number < len(strategies) or sum(len(r.members) for r in rings) < wanted):
        strategy = strategies[number % len(strategies)]
        # A rate that is low makes rings fewer, and where there is one of each, smaller.
        most = max(2, round(1.6 * wanted / len(strategies)))
        rings.append(_ring(world, strategy, f"{strategy} {number + 1}", most))
        number += 1
    people = populate(world, players - sum(len(ring.members) for ring in rings))
    plan_sittings(world, people)
    for ring in rings:
        _plan(world, ring)
    return finish(world)


def _ring(world: World, strategy: str, name: str, most: int) -> Ring:
    rng, style = world.rng, _STYLES[strategy]
    size = min(rng.randint(*style.size), most)
    founded = EPOCH - rng.choice((around(rng, 3, 1), around(rng, 25, 1))) * DAY
    members = []
    for _ in range(size):
        if style.batch_hours is None:
            created = EPOCH - around(rng, 60, 1.2) * DAY
        else:
            created = founded + rng.uniform(0, rng.uniform(*style.batch_hours)) * HOUR
        members.append(world.account(strategy, name, min(created, EPOCH - 60)))
    return Ring(
        strategy,
        style,
        members,
        _PLACES[strategy](world, size),
        rng.uniform(*style.gap),
        rng.uniform(*style.greed),
        rng.uniform(*style.turnout),
    )


# --------------------------------------------------------------------------- what a ring is made of


def _home_multi(world: World, size: int) -> list[Where]:
    """One flat: an account a device, or a browser's profile; the careless use the phone's net."""
    rng, region, flat = world.rng, world.region(), home(world.rng)
    careless = rng.betavariate(1, 8)
    made = []
    for _ in range(size):
        mine = [device(rng)]
        out = world.spot(world.mobile(region), mine, region)
        made.append(world.either(careless, out, world.spot(flat, mine, region)))
    return made


def _shared_handset(world: World, size: int) -> list[Where]:
    """One phone or two, at home and on the way, that logs in and out."""
    rng, region = world.rng, world.region()
    phones = [device(rng) for _ in range(1 if size < 4 else rng.randint(1, 2))]
    hand = world.either(
        rng.random(),
        world.spot(home(rng), phones, region),
        world.spot(world.mobile(region), phones, region),
    )
    return [hand] * size


def _proxy_hopper(world: World, size: int) -> list[Where]:
    """One computer behind residential proxies: an address of somebody's home a join."""
    rng, region, computer = world.rng, world.region(), device(world.rng)
    local = rng.random() < 0.7

    def hop() -> Origin:
        return Origin(ipv4(rng), computer, region if local else world.region())

    return [hop] * size


def _profile_swapper(world: World, size: int) -> list[Where]:
    """An anti-detect browser in one flat: each login is another machine, by what it says."""
    rng, region, flat = world.rng, world.region(), home(world.rng)
    sends = rng.random() < 0.85
    return [world.spot(flat, None if sends else (), region)] * size


def _strangers(world: World, size: int) -> list[Where]:
    """People, or hands that take care, with nothing in common."""
    return [world.own_places(world.region()) for _ in range(size)]


def _drip(world: World, size: int) -> list[Where]:
    """Patient, and tied by one thing only: a flat, a machine, or addresses that come again."""
    rng = world.rng
    make: Callable[[World, int], list[Where]] = rng.choice(
        (_home_multi, _shared_handset, _proxy_pool)
    )
    return make(world, size)


def _cap_breaker(world: World, size: int) -> list[Where]:
    """A high roller with accounts for more than one share; a device or an address slips through."""
    rng, region = world.rng, world.region()
    slip = rng.choice((0.03, 0.12, 0.4))
    base = world.spot(home(rng), [device(rng)], region)
    return [world.either(slip, base, world.own_places(region)) for _ in range(size)]


def _emulator_farm(world: World, size: int) -> list[Where]:
    """A shelf of emulators, an account each, reset now and then, behind a modem or three."""
    rng, region = world.rng, world.region()
    modems = Network(neighbours(rng, rng.randint(1, 3)))
    resets = rng.betavariate(1, 6)
    return [
        world.either(
            resets, world.spot(modems, None, region), world.spot(modems, [device(rng)], region)
        )
        for _ in range(size)
    ]


def _bonus_crew(world: World, size: int) -> list[Where]:
    """Accounts for a promotion: a few machines and a VPN, mixed without much thought."""
    rng, region = world.rng, world.region()
    machines = [device(rng) for _ in range(max(1, size // 3))]
    flat = world.spot(home(rng), machines, region)
    hidden = world.spot(Network(rng.sample(world.exits, 4)), machines, region)
    fresh = world.spot(home(rng), None, region)
    return [
        world.either(0.25, hidden, world.either(rng.uniform(0, 0.3), fresh, flat))
        for _ in range(size)
    ]


def _proxy_pool(world: World, size: int) -> list[Where]:
    """A device each and a rented pool of addresses, which is smaller than was promised."""
    rng, region = world.rng, world.region()
    pool = Network([ipv4(rng) for _ in range(max(2, round(size * rng.uniform(0.7, 2.5))))])
    return [world.spot(pool, [device(rng)], region) for _ in range(size)]


def _insider(world: World, size: int) -> list[Where]:
    """Friends of somebody who knows seeds: careful, on phones of their own."""
    region = world.region()
    return [world.own_places(region, away=0.8) for _ in range(size)]


_PLACES: dict[str, Callable[[World, int], list[Where]]] = {
    "home_multi": _home_multi,
    "shared_handset": _shared_handset,
    "proxy_hopper": _proxy_hopper,
    "profile_swapper": _profile_swapper,
    "partners": _strangers,
    "drip": _drip,
    "cap_breaker": _cap_breaker,
    "emulator_farm": _emulator_farm,
    "bonus_crew": _bonus_crew,
    "proxy_pool": _proxy_pool,
    "hired_hands": _strangers,
    "insider": _insider,
}


# -------------------------------------------------------------------------------- how a ring plays


def _plan(world: World, ring: Ring) -> None:
    rng = world.rng
    knows_seeds = ring.strategy == "insider"
    hunted = [
        pot
        for pot in world.script.pots
        if world.kind_of[pot.pot_id] in ring.style.kinds
        and (pot.draw_version == 1 or not knows_seeds)
        and 2 * pot.max_per_user <= pot.max_tickets
    ]
    share = min(0.35, around(rng, 0.04, 0.7))
    ring.raids = max(2, round(share * len(world.script.pots)))
    # More than they will play: many are sold out, or nearly, when they come.
    for pot in rng.sample(hunted, min(len(hunted), 3 * ring.raids)):
        _watch(world, ring, pot, _computed_raid if knows_seeds else _raid)
    alone = rng.uniform(*ring.style.alone)
    for member, where in zip(ring.members, ring.places, strict=True):
        for _ in range(round(ring.raids * alone * rng.random())):
            _play_alone(world, ring, member, where)


def _watch(world: World, ring: Ring, pot: Pot, raid: Raid) -> None:
    """Raid a pot at a time if more than one share of it is left then."""
    rng = world.rng
    start = inside(rng, pot, rng.uniform(*ring.style.late))

    def act() -> None:
        if ring.raids > 0 and world.room(pot) > pot.max_per_user:
            ring.raids -= 1
            raid(world, ring, pot, start)

    world.at(start, act)


def _raid(world: World, ring: Ring, pot: Pot, start: float) -> None:
    """Send accounts into one pot, so many as come."""
    rng = world.rng
    coming = [
        each for each in zip(ring.members, ring.places, strict=True) if rng.random() < ring.turnout
    ]
    rng.shuffle(coming)
    # The gap gives way where the pot has no time for it.
    gap = min(ring.gap, 0.9 * (pot.locks_at - start) / max(1, len(coming)))
    # One hand that counts, or each as it comes.
    alike, named = rng.random() < 0.4, _tickets(rng, ring, pot)
    time = start
    for member, where in coming:
        world.later(time, member, pot, named if alike else _tickets(rng, ring, pot), where)
        time += around(rng, gap, 0.5)


def _tickets(rng: random.Random, ring: Ring, pot: Pot) -> int:
    return max(1, min(pot.max_per_user, round(pot.max_per_user * around(rng, ring.greed, 0.15))))


def _computed_raid(world: World, ring: Ring, pot: Pot, start: float) -> None:
    """Come at the end: all but the last to have some tickets, the last with the right number."""
    rng = world.rng
    coming = list(zip(ring.members, ring.places, strict=True))
    rng.shuffle(coming)
    (member, where), *base = coming[: rng.randint(2, len(coming))]
    end = pot.locks_at - rng.uniform(1.5, 5)
    world.later(end, member, pot, pot.max_per_user, where, computed=True)
    for member, where in base:
        time = rng.uniform(min(start, end - 1), end)
        world.later(time, member, pot, _tickets(rng, ring, pot), where)


def _play_alone(world: World, ring: Ring, member: UUID, where: Where) -> None:
    rng = world.rng
    pot = rng.choice(world.script.pots)
    world.later(inside(rng, pot), member, pot, _tickets(rng, ring, pot), where)
