"""What the accounts of a ring are made of: homes, handsets, proxies, emulators, hired people."""

from __future__ import annotations

from collections.abc import Callable

from pypot_cli.fraud.network import Network, device, home, ipv4, neighbours
from pypot_cli.fraud.script import Origin
from pypot_cli.fraud.wild.world import Where, World


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


PLACES: dict[str, Callable[[World, int], list[Where]]] = {
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
