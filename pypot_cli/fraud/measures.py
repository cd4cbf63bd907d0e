"""What is counted: recall, precision, honest players troubled, and how well scores are calibrated.

Nothing here knows a database or a file. A *case* is one player in one pot.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from pypot_cli.attack.statistics import wilson
from pypot_cli.fraud.script import HONEST

CONFIDENCE = 0.95
"""Of every interval."""

BINS = 10
"""Of the reliability plot: scores 0 to 1 in tenths."""


@dataclass(frozen=True)
class Case:
    """One player in one pot, and what was recorded of it before the pot's reveal.

    `entered`: it had tickets in the draw. `flagged`: any flag. `stopped`: a flag of effect hold or
    refuse, or a join refused by the guard rails. `score`: the highest of its flags, 0 without any.
    """

    pot_id: str
    user_id: str
    kind: str
    ring: str
    entered: bool = True
    flagged: bool = False
    stopped: bool = False
    score: float = 0.0
    flag_kinds: tuple[str, ...] = ()

    @property
    def is_honest(self) -> bool:
        """Whether the player belongs to no ring."""
        return self.ring == HONEST


@dataclass(frozen=True)
class Rate:
    """`hits` of `total`, with its Wilson interval; rate and interval are None of nothing."""

    hits: int
    total: int

    @property
    def rate(self) -> float | None:
        """Hits over total."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's score interval at CONFIDENCE, as if the cases were independent."""
        return wilson(self.hits, self.total, CONFIDENCE) if self.total else None

    def as_json(self) -> dict[str, float | int | None]:
        """Return the numbers."""
        low, high = self.interval or (None, None)
        return {
            "hits": self.hits, "total": self.total, "rate": self.rate, "low": low, "high": high,
        }  # fmt: skip


Caught = Callable[[Case], bool]


def flagged(case: Case) -> bool:
    """Whether anything was recorded: a flag of any effect, or a refusal."""
    return case.flagged or case.stopped


def stopped(case: Case) -> bool:
    """Whether a payout would have been held, or the join was refused."""
    return case.stopped


def suspicious(cases: Iterable[Case]) -> list[Case]:
    """Return the cases that must be caught: attackers of whose ring two or more were in that pot.

    A member alone in a pot splits no cap, and plays as anybody does. One that was kept out counts
    as having been there.
    """
    members: Counter[tuple[str, str]] = Counter()
    attackers = [case for case in cases if not case.is_honest]
    for case in attackers:
        members[case.ring, case.pot_id] += 1
    return [case for case in attackers if members[case.ring, case.pot_id] > 1]


def recall(cases: Iterable[Case], caught: Caught) -> Rate:
    """Return how many of the cases were caught."""
    cases = list(cases)
    return Rate(sum(map(caught, cases)), len(cases))


def precision(cases: Iterable[Case], caught: Caught) -> Rate:
    """Return how many of the cases that were caught are attackers', alone in the pot or not."""
    found = [case for case in cases if caught(case)]
    return Rate(sum(not case.is_honest for case in found), len(found))


def players(cases: Iterable[Case], caught: Caught) -> Rate:
    """Return how many of the players with a case were caught in one or more of them."""
    ever: dict[str, bool] = {}
    for case in cases:
        ever[case.user_id] = ever.get(case.user_id, False) or caught(case)
    return Rate(sum(ever.values()), len(ever))


def by(cases: Iterable[Case], key: Callable[[Case], str]) -> dict[str, list[Case]]:
    """Return the cases by a key, in the order of its values."""
    grouped: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        grouped[key(case)].append(case)
    return dict(sorted(grouped.items()))


def pots_before_caught(cases: Iterable[Case], caught: Caught, order: Sequence[str]) -> float | None:
    """Return the median number of pots that a ring played together before the first was caught.

    `order` holds the pots in the order of their locks. A ring that never is counts with all of
    its pots. None without rings.
    """
    place = {pot_id: number for number, pot_id in enumerate(order)}
    waited = []
    for ring in by(suspicious(cases), lambda case: case.ring).values():
        pots = by(ring, lambda case: case.pot_id)
        in_order = sorted(pots, key=lambda pot_id: place[pot_id])
        first = (n for n, pot_id in enumerate(in_order) if any(map(caught, pots[pot_id])))
        waited.append(next(first, len(in_order)))
    return median(waited) if waited else None


def known(cases: Iterable[Case], order: Sequence[str], pots: int) -> list[Case]:
    """Return the suspicious cases of rings that had played `pots` pots together before that one.

    `order` as in `pots_before_caught`. What is tied by behaviour alone can be seen in these only.
    """
    place = {pot_id: number for number, pot_id in enumerate(order)}
    found = []
    for ring in by(suspicious(cases), lambda case: case.ring).values():
        in_order = sorted({case.pot_id for case in ring}, key=lambda pot_id: place[pot_id])
        later = set(in_order[pots:])
        found += [case for case in ring if case.pot_id in later]
    return found


def brier(cases: Iterable[Case]) -> float | None:
    """Return the mean of (score - truth)^2, truth 1 of an attacker's case (Brier 1950)."""
    errors = [(case.score - (not case.is_honest)) ** 2 for case in cases]
    return sum(errors) / len(errors) if errors else None


@dataclass(frozen=True)
class Bin:
    """The cases whose score lies in a tenth: low < score <= high, but 0 is a bin of its own."""

    low: float
    high: float
    mean_score: float
    fraud: Rate


def reliability(cases: Iterable[Case]) -> list[Bin]:
    """Return the bins that hold anything, lowest first."""
    sorted_in: dict[int, list[Case]] = defaultdict(list)
    for case in cases:
        # Tenths by whole numbers: 0.3 * 10 is less than 3.
        number = -(-round(case.score * 1000) * BINS // 1000)
        sorted_in[number].append(case)
    return [
        Bin(
            max(0, number - 1) / BINS,
            number / BINS,
            sum(case.score for case in found) / len(found),
            Rate(sum(not case.is_honest for case in found), len(found)),
        )
        for number, found in sorted(sorted_in.items())
    ]
