"""What benchmarks say of their numbers: medians, tails, ratios of one round, goals."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value that `share` of the ordered ones are below, 0.99 for the 99th percentile."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def between(values: Iterable[float]) -> dict[str, float]:
    """Return `median`, `low` and `high` of what several rounds gave."""
    ordered = sorted(values)
    return {"median": statistics.median(ordered), "low": ordered[0], "high": ordered[-1]}


def ratios(some: Sequence[float], others: Sequence[float]) -> dict[str, float]:
    """Return `between` of the ratios within each round, since only what ran together compares."""
    return between(one / other for one, other in zip(some, others, strict=True))


@dataclass(frozen=True)
class Goal:
    """A figure that must be `at least` or `at most` a limit."""

    name: str
    value: float
    limit: float
    sense: str = "at least"

    @property
    def met(self) -> bool:
        """Whether the figure is on the right side of the limit."""
        if self.sense == "at least":
            return self.value >= self.limit
        return self.value <= self.limit

    def as_json(self) -> dict[str, Any]:
        """Return the goal for --json."""
        return {
            "goal": self.name, "value": self.value, "sense": self.sense, "limit": self.limit,
            "met": self.met,
        }  # fmt: skip


def goals_table(goals: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return a line a goal, with what was measured and whether that meets it."""
    return [
        f"{'met   ' if each['met'] else 'MISSED'} {each['goal']}: {each['value']:.2f},"
        f" {each['sense']} {each['limit']:g}"
        for each in goals
    ]
