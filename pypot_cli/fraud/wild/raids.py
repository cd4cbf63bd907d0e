"""How a ring plays a pot: all at once, as it watches, or last with a computed number."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from pypot_cli.fraud.script import Pot, around
from pypot_cli.fraud.wild.styles import Style
from pypot_cli.fraud.wild.world import Where, World, inside


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


def plan_raids(world: World, ring: Ring) -> None:
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
