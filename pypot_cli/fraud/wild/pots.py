"""A world of pots that nobody is in yet, opened by the hour of the day."""

from __future__ import annotations

import math
import random

from pypot_cli.fraud.network import ipv4
from pypot_cli.fraud.script import DAY, EPOCH, Pot, Script, new_id, pick
from pypot_cli.fraud.wild.kinds import KINDS
from pypot_cli.fraud.wild.world import World, opens_at


def _pots(world: World, number: int) -> None:
    rng = world.rng
    kinds = {name: kind.share for name, kind in KINDS.items()}
    for _ in range(number):
        name = pick(rng, kinds)
        kind = KINDS[name]
        while True:
            time = rng.uniform(0.01, world.days)
            if rng.random() < _busy(time % 1 * 24):
                break
        tickets = rng.randint(*kind.tickets)
        pot = Pot(
            new_id(rng),
            EPOCH + time * DAY,
            rng.randint(*kind.cost),
            tickets,
            max(1, round(tickets * rng.uniform(*kind.cap_share))),
            round(60 * rng.uniform(*kind.minutes)),
            2 if rng.random() < kind.second_draw else 1,
        )
        world.kind_of[pot.pot_id] = name
        world.script.pots.append(pot)
    world.script.pots.sort(key=opens_at)


def _busy(hour: float) -> float:
    """Return how busy an hour of the day is, 0 to 1: at lunch, most in the evening, not at five."""
    bumps = ((12.5, 1.5, 0.35), (20.5, 2.8, 0.85), (24.0 + 1, 2.5, 0.3), (1, 2.5, 0.3))
    return min(1.0, 0.1 + sum(h * math.exp(-(((hour - m) / w) ** 2) / 2) for m, w, h in bumps))


def begin(seed: str, number: int, days: float) -> World:
    """Return a world with its pots, and nobody in it."""
    world = World(random.Random(f"wild {seed}"), days, Script("wild", seed))
    world.exits = [ipv4(world.rng) for _ in range(40)]
    _pots(world, number)
    return world
