"""Everybody honest: how many of each crowd there are, and when they play."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from pypot_cli.fraud.script import Script
from pypot_cli.fraud.wild.company import clubs, fans, newcomers, night_owls
from pypot_cli.fraud.wild.neighbours import cafe, carrier, colleagues, dormitory, family_tablet
from pypot_cli.fraud.wild.singles import loners, private_browsers, travellers, whales
from pypot_cli.fraud.wild.world import Person, World

_TYPICAL_SHARE_OF_CAP = 0.4


_FULL = 0.55
"""Of a typical pot, when its time is up."""


_CROWDS: dict[str, tuple[float, Callable[[World, int], list[Person]]]] = {
    "loner": (0.30, loners),
    "family_tablet": (0.08, family_tablet),
    "dormitory": (0.08, dormitory),
    "cafe": (0.05, cafe),
    "carrier": (0.14, carrier),
    "fans": (0.10, fans),
    "whale": (0.02, whales),
    "night_owl": (0.03, night_owls),
    "club": (0.04, clubs),
    "traveller": (0.03, travellers),
    "private_browser": (0.04, private_browsers),
    "colleague": (0.05, colleagues),
    "newcomer": (0.04, newcomers),
}


def populate(world: World, honest: int) -> list[Person]:
    """Sign up so many honest people, about, in groups as they come."""
    people: list[Person] = []
    for share, make in _CROWDS.values():
        size = round(honest * share)
        if size:
            people += make(world, size)
    people += loners(world, max(0, honest - len(people)))
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


def finish(world: World) -> Script:
    """Let everything happen and return the script."""
    world.run()
    world.script.wishes.sort(key=lambda wish: wish.at)
    return world.script
