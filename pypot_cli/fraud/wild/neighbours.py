"""Honest crowds who share a place or a machine without being one person."""

from __future__ import annotations

from pypot_cli.fraud.network import Network, device, home, ipv4, neighbours
from pypot_cli.fraud.script import around, whole
from pypot_cli.fraud.wild.world import Gathering, Person, World


def family_tablet(world: World, size: int) -> list[Person]:
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


def dormitory(world: World, size: int) -> list[Person]:
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


def cafe(world: World, size: int) -> list[Person]:
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


def carrier(world: World, size: int) -> list[Person]:
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


def colleagues(world: World, size: int) -> list[Person]:
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
