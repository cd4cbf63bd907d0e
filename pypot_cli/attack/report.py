"""What the attacks came to: rates beside what is fair, and the answer to each move."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

CONFIDENCE = 0.999
"""Chance that a draw which is fair in every test is called fair by the whole command."""


@dataclass(frozen=True)
class Rate:
    """How often the operator won by one attack on one version of the draw.

    `wins` of `draws`; `low` and `high` are the Wilson interval at the report's `confidence`; `fair`
    is the mean share of the tickets that the operator held. `moves` is how often it had a move
    that the attack needs, `accepted` how often the system let that stand. `must_be_fair` says that
    anything but fair is a failure.
    """

    attack: str
    variant: str
    draw_version: int
    draws: int
    wins: int
    low: float
    high: float
    fair: float
    moves: int
    accepted: int
    must_be_fair: bool

    @property
    def rate(self) -> float:
        """Wins a draw."""
        return self.wins / self.draws

    @property
    def is_fair(self) -> bool:
        """Whether the fair rate is within the interval."""
        return self.low <= self.fair <= self.high


@dataclass(frozen=True)
class Uniformity:
    """Chi-square of the winners of honest draws: by ticket, or by holder against their share."""

    draw_version: int
    by: str
    draws: int
    statistic: float
    degrees: int
    p_value: float
    significance: float

    @property
    def is_uniform(self) -> bool:
        """Whether a uniform draw is as far off at least once in 1 / significance times."""
        return self.p_value >= self.significance


@dataclass(frozen=True)
class Answer:
    """A move played on a real pot: what it must be answered with, and what it was."""

    attack: str
    draw_version: int
    move: str
    expected: str
    answer: str

    @property
    def as_expected(self) -> bool:
        """Whether the system answered as it must."""
        return self.answer == self.expected


@dataclass
class Report:
    """Everything the command prints. `confidence` is that of each interval, after Bonferroni."""

    seed: str
    confidence: float = CONFIDENCE
    rates: list[Rate] = field(default_factory=list)
    uniformity: list[Uniformity] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def broken(self) -> list[str]:
        """What should not be, a sentence each."""
        return [
            *(
                f"{rate.attack} ({rate.variant}): draw {rate.draw_version} wins {rate.rate:.2%},"
                f" not {rate.fair:.2%}"
                for rate in self.rates
                if rate.must_be_fair and not rate.is_fair
            ),
            *(
                f"uniformity by {each.by}: draw {each.draw_version} is not uniform"
                f" (p = {each.p_value:.2g})"
                for each in self.uniformity
                if not each.is_uniform
            ),
            *(
                f"{each.attack}: draw {each.draw_version} answers {each.answer!r} to"
                f" {each.move!r}, not {each.expected!r}"
                for each in self.answers
                if not each.as_expected
            ),
        ]

    @property
    def ok(self) -> bool:
        """Whether draw 2 is fair in every attack, and every move was answered as it must be."""
        return not self.broken

    def as_json(self) -> dict[str, Any]:
        """Return what `pypot attack --json` prints."""
        return {
            "ok": self.ok,
            "seed": self.seed,
            "confidence": self.confidence,
            "rates": [
                {**asdict(each), "rate": each.rate, "is_fair": each.is_fair} for each in self.rates
            ],
            "uniformity": [
                {**asdict(each), "is_uniform": each.is_uniform} for each in self.uniformity
            ],
            "answers": [{**asdict(each), "as_expected": each.as_expected} for each in self.answers],
            "broken": self.broken,
            "seconds": round(self.seconds, 1),
        }
