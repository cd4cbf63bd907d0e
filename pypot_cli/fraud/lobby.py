"""A lobby on paper: pots that open one after another when somebody asks, and what is left of each.

Time is a heap of acts. Whoever acts sees what is open, as a player would, and what it buys becomes
a wish of the script.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

from pypot_cli.fraud.script import Origin, Pot, Script, Wish, around, new_id

Act = Callable[[float], None]

_TAKEN_BACK = 0.012


@dataclass(frozen=True)
class Template:
    """What pots of one kind are like; `size` is relative to the mean number of players of a pot."""

    entry_cost: int
    size: float
    max_per_user: int
    fill_seconds: int


TEMPLATES = (
    Template(2, 0.6, 3, 3_600),
    Template(5, 0.9, 5, 5_400),
    Template(10, 1.5, 10, 7_200),
    Template(50, 1.0, 10, 10_800),
)
"""Cheap and quick to dear and slow."""

_TICKETS_A_PLAYER = 2.2


@dataclass
class Table:
    """An open pot, and who holds how many of its tickets."""

    pot: Pot
    template: int
    sold: int = 0
    held: Counter[UUID] = field(default_factory=Counter)

    def room(self, user_id: UUID) -> int:
        """Return how many tickets somebody can still buy."""
        left = self.pot.max_tickets - self.sold
        return min(left, self.pot.max_per_user - self.held[user_id])


class Lobby:
    """The heap of acts, the open pots, and the script that comes of them."""

    def __init__(
        self,
        rng: random.Random,
        script: Script,
        players_a_pot: float,
        patience: float,
        templates: Sequence[Template] = TEMPLATES,
    ) -> None:
        self.tables: dict[int, Table] = {}
        self.on_open: list[Callable[[float, Table], None]] = []
        self._rng = rng
        self._script = script
        self._players = players_a_pot
        self._patience = patience
        self._templates = templates
        self._opens_again = [0.0] * len(templates)
        self._acts: list[tuple[float, int, Act]] = []
        self._number = count()

    def at(self, time: float, act: Act) -> None:
        """Have something done at a time."""
        heapq.heappush(self._acts, (time, next(self._number), act))

    def run(self, until: float) -> None:
        """Do all acts before `until`."""
        while self._acts:
            time, _, act = heapq.heappop(self._acts)
            if time < until:
                act(time)

    def table(self, time: float, number: int) -> Table | None:
        """Return the open pot of a template; where the last one is over, the next one opens."""
        if number not in self.tables and time >= self._opens_again[number]:
            self._open(time - self._rng.uniform(0.5, 3), number)
        return self.tables.get(number)

    def buy(self, time: float, table: Table, user: UUID, tickets: int, origin: Origin) -> bool:
        """Wish for tickets of an open pot, fewer if there are fewer; say whether any were left."""
        tickets = min(tickets, table.room(user))
        if self.tables.get(table.template) is not table or tickets < 1:
            return False
        back = self._rng.expovariate(1 / 40) if self._rng.random() < _TAKEN_BACK else None
        self._script.wishes.append(Wish(time, user, table.pot.pot_id, tickets, origin, back))
        table.sold += tickets
        table.held[user] += tickets
        if table.sold == table.pot.max_tickets:
            self._close(time, table)
        return True

    @property
    def numbers(self) -> range:
        """The numbers of the templates."""
        return range(len(self._templates))

    def _open(self, time: float, number: int) -> None:
        template = self._templates[number]
        players = max(3.0, around(self._rng, self._players * template.size, 0.35))
        tickets = max(template.max_per_user, round(players * _TICKETS_A_PLAYER))
        pot = Pot(
            new_id(self._rng), time, template.entry_cost, tickets, template.max_per_user,
            round(template.fill_seconds * self._patience),
        )  # fmt: skip
        self._script.pots.append(pot)
        table = self.tables[number] = Table(pot, number)
        self.at(pot.locks_at, lambda now: self._close(now, table))
        for hear in self.on_open:
            hear(time, table)

    def _close(self, time: float, table: Table) -> None:
        if self.tables.get(table.template) is table:
            del self.tables[table.template]
            self._opens_again[table.template] = time + self._rng.uniform(1, 8)
