"""Honest people by themselves: some buy a lot, some come from everywhere, some leave no trace."""

from __future__ import annotations

from pypot_cli.fraud.network import Network, device, home, ipv4
from pypot_cli.fraud.script import Origin, around, pick
from pypot_cli.fraud.wild.world import Person, Where, World, all_of_it


def loners(world: World, size: int) -> list[Person]:
    return [world.person("loner", world.own_places(world.region())) for _ in range(size)]


def whales(world: World, size: int) -> list[Person]:
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


def travellers(world: World, size: int) -> list[Person]:
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


def private_browsers(world: World, size: int) -> list[Person]:
    """Whoever clears what a site keeps: a new device id each sitting or none, often by VPN."""
    rng, made = world.rng, list[Person]()
    for _ in range(size):
        region, uses = world.region(), rng.choice((None, None, ()))
        hidden = world.spot(Network(world.exits), uses, region)
        at_home = world.spot(home(rng), uses, region)
        where = world.either(rng.betavariate(1, 1.5), hidden, at_home)
        made.append(world.person("private_browser", where))
    return made
