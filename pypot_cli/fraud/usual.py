"""The usual world: people have sessions, look at what is open and join some of it.

Pots open one after another, so how quickly one fills depends on who is there; rings wait for a pot
to open, or have sessions like everybody.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import partial

from pypot_cli.fraud.lobby import TEMPLATES, Lobby, Table
from pypot_cli.fraud.people import City, Crowds, Group, Person, crowds, session_times
from pypot_cli.fraud.rings import STRATEGIES, Ring, rings
from pypot_cli.fraud.script import DAY, EPOCH, HOUR, Origin, Script, around

NAMES = tuple(STRATEGIES)

_JOINS_A_PLAYER = 4.5
_JOINS_A_SESSION = 2.6
_TRIES = 6


def write(
    seed: str, players: int, pots: int, rate: float, names: Sequence[str], days: float
) -> Script:
    """Return a script of about that many players and pots, `rate` of the players attackers."""
    # How many pots a demand fills depends on their size and on how long they wait for players,
    # which is found by trying.
    size, patience = max(6.0, players * _JOINS_A_PLAYER / pots), 1.0
    for _ in range(_TRIES):
        script = _write(seed, players, size, patience, rate, names, days)
        if pots <= len(script.pots) < pots * 1.08:
            break
        ratio = len(script.pots) / (pots * 1.03)
        patience *= max(1.0, ratio)
        size *= ratio ** (0.4 if ratio > 1 else 0.8)
    return _cut(script, pots)


def _cut(script: Script, pots: int) -> Script:
    """Return the script of the first `pots` pots."""
    script.pots = script.pots[:pots]
    kept = {pot.pot_id for pot in script.pots}
    script.wishes = [wish for wish in script.wishes if wish.pot_id in kept]
    return script


def _write(
    seed: str,
    players: int,
    size: float,
    patience: float,
    rate: float,
    names: Sequence[str],
    days: float,
) -> Script:
    rng = random.Random(f"usual {seed}")
    script = Script("usual", seed)
    city = City.built(rng, players)
    people = crowds(rng, city, round(players * (1 - rate)), days)
    attackers = rings(rng, city, list(names), round(players * rate), days) if rate else []
    script.accounts += [each.account for each in people.people]
    script.accounts += [account for each in attackers for account in each.accounts]
    lobby = Lobby(rng, script, size, patience)
    _honest(rng, lobby, people, days, players)
    for each in attackers:
        _attack(rng, lobby, each, days)
    lobby.run(EPOCH + (days + 0.2) * DAY)
    script.wishes.sort(key=lambda wish: wish.at)
    script.pots.sort(key=lambda pot: pot.opens_at)
    return script


def _honest(rng: random.Random, lobby: Lobby, people: Crowds, days: float, players: int) -> None:
    expected = sum(each.sessions for each in people.people)
    scale = players * _JOINS_A_PLAYER / _JOINS_A_SESSION / expected
    for person in people.people:
        for time in session_times(rng, person, days, scale):
            _session(rng, lobby, person, time)
    for group in people.groups:
        for _ in range(int(group.calls) + (rng.random() < group.calls % 1)):
            day = EPOCH + rng.randrange(max(1, round(days))) * DAY
            time = day + (rng.gauss(group.hour, 1) % 24) * HOUR
            lobby.at(time, partial(_call, rng, lobby, group))


def _session(rng: random.Random, lobby: Lobby, person: Person, time: float) -> None:
    """Have a person look at the lobby a few times, a few minutes apart."""
    joins = 1 + int(rng.expovariate(1 / (_JOINS_A_SESSION - 0.5)))
    origin = person.origin(rng, time)
    pace = around(rng, 150, 0.8)
    for _ in range(min(joins, 12)):
        if person.restless:
            origin = person.origin(rng, time)
        lobby.at(time, partial(_look, rng, lobby, person, origin))
        time += rng.expovariate(1 / pace)


def _look(rng: random.Random, lobby: Lobby, person: Person, origin: Origin, now: float) -> None:
    user = person.account.user_id
    liked = [taste(person.dear, number) for number in lobby.numbers]
    table = lobby.table(now, rng.choices(lobby.numbers, liked)[0])
    if table is not None and (not table.held[user] or rng.random() < 0.15):
        lobby.buy(now, table, user, person.wants(rng, table.pot.max_per_user), origin)


def taste(dear: float, template: int) -> float:
    """Return how much somebody of that taste (-1 cheap, 1 dear) likes a template, above 0."""
    costs = [each.entry_cost for each in TEMPLATES]
    middle = math.sqrt(min(costs) * max(costs))
    return math.exp(dear * 0.6 * math.log(costs[template] / middle))


def _call(rng: random.Random, lobby: Lobby, group: Group, time: float) -> None:
    """Somebody of a group calls the others: they play some pots of one kind together."""
    number = rng.choice(lobby.numbers)
    meets = group.place is not None and rng.random() < 0.8
    present = [each for each in group.members if rng.random() < group.comes]
    for round_number in range(1 + int(rng.expovariate(1 / max(0.1, group.stays - 0.5)))):
        for person in present:
            if round_number and rng.random() < 0.15:
                continue
            at = max(time, person.account.created_at + 60) + around(rng, group.delay, 0.9)
            origin = person.origin(rng, at)
            if meets and group.place is not None:
                # At one place, but with the devices that each of them has.
                origin = Origin(group.place.address(rng), origin.device, origin.region)
            tickets = person.wants(rng, TEMPLATES[number].max_per_user)
            lobby.at(
                at + round_number * around(rng, 420, 0.1),
                partial(_join, lobby, number, person, origin, tickets),
            )


def _join(
    lobby: Lobby, number: int, person: Person, origin: Origin, tickets: int, now: float
) -> None:
    table = lobby.table(now, number)
    if table is not None and not table.held[person.account.user_id]:
        lobby.buy(now, table, person.account.user_id, tickets, origin)


def _attack(rng: random.Random, lobby: Lobby, ring: Ring, days: float) -> None:
    """Have a ring wait for pots to open while it works, and its accounts play alone besides."""
    hours = (ring.end - ring.start) / HOUR * ring.works / 24
    seen = 0.0

    def opened(now: float, table: Table) -> None:
        nonlocal seen
        if not ring.works_at(now):
            return
        seen += 1
        # Of the pots it will see at this pace it plays as many as it means to.
        spent = max(1.0, (now - ring.start) / HOUR * ring.works / 24)
        expected = max(seen, seen * hours / spent)
        likes = taste(ring.dear, table.template)
        if rng.random() < min(1.0, ring.pots / expected) * max(0.35, min(1.0, likes)):
            _play(rng, lobby, ring, now, table)

    lobby.on_open.append(opened)
    for member, person in enumerate(ring.disguise):
        for time in session_times(rng, person, days, ring.alone / person.sessions):
            if rng.random() < min(1.0, ring.alone):
                origin = ring.comes_from(rng, member, time)
                lobby.at(time, partial(_look, rng, lobby, person, origin))


def _play(rng: random.Random, lobby: Lobby, ring: Ring, now: float, table: Table) -> None:
    members = [n for n in range(len(ring.accounts)) if rng.random() < ring.comes]
    if ring.shuffled:
        rng.shuffle(members)
    time = now + around(rng, ring.first, 0.5)
    for member in members:
        time = max(time, ring.accounts[member].created_at + 30)
        lobby.at(time, partial(_buy, rng, lobby, ring, table, member))
        time += around(rng, ring.gap, ring.uneven)


def _buy(
    rng: random.Random, lobby: Lobby, ring: Ring, table: Table, member: int, now: float
) -> None:
    tickets = ring.tickets(rng, table.pot.max_per_user)
    origin = ring.comes_from(rng, member, now)
    lobby.buy(now, table, ring.accounts[member].user_id, tickets, origin)
