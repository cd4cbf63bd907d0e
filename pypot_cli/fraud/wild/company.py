"""Honest crowds who play the same pots on purpose, or at the same hours."""

from __future__ import annotations

from pypot_cli.fraud.network import device, home
from pypot_cli.fraud.script import around, whole
from pypot_cli.fraud.wild.world import Gathering, Person, World


def fans(world: World, size: int) -> list[Person]:
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


def night_owls(world: World, size: int) -> list[Person]:
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


def clubs(world: World, size: int) -> list[Person]:
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


def newcomers(world: World, size: int) -> list[Person]:
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
