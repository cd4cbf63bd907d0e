"""Who plays against the rules: rings of each strategy, and the script of the whole world."""

from __future__ import annotations

from collections.abc import Sequence

from pypot_cli.fraud.script import DAY, EPOCH, HOUR, Script, around
from pypot_cli.fraud.wild.crowds import finish, plan_sittings, populate
from pypot_cli.fraud.wild.hideouts import PLACES
from pypot_cli.fraud.wild.pots import begin
from pypot_cli.fraud.wild.raids import Ring, plan_raids
from pypot_cli.fraud.wild.styles import STYLES
from pypot_cli.fraud.wild.world import World


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
        plan_raids(world, ring)
    return finish(world)


def _ring(world: World, strategy: str, name: str, most: int) -> Ring:
    rng, style = world.rng, STYLES[strategy]
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
        PLACES[strategy](world, size),
        rng.uniform(*style.gap),
        rng.uniform(*style.greed),
        rng.uniform(*style.turnout),
    )
