"""The report: what was caught before settlement, what honest players felt of it, and the goals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pypot_cli.fraud import measures
from pypot_cli.fraud.measures import Bin, Case, Caught, Rate, flagged, stopped

RECALL = 0.95
STRATEGY_RECALL = 0.90
PRECISION = 0.90
HONEST_STOPPED = 0.005
"""The goals: at least, at least in every strategy, at least, and less than.

Recall and precision are of entries that were flagged at all, for a flag is what brings a person to
look (PRD 1: "flag at least 95% of suspicious entries before settlement"); the last is of players
whose payout would have been held, for that is what an honest player feels.
"""


KNOWN_AFTER = 3
"""Pots, after which a ring has a history that behaviour could show in."""


@dataclass(frozen=True)
class Strategy:
    """One strategy: suspicious entries and attackers, caught by a flag that holds and by any."""

    name: str
    rings: int
    entries_stopped: Rate
    entries_flagged: Rate
    entries_later: Rate
    """Flagged, of those entries before which the ring had played KNOWN_AFTER pots together."""
    players_stopped: Rate
    players_flagged: Rate
    pots_before: float | None
    """Median number of pots a ring played together before one of it was flagged."""

    def as_json(self) -> dict[str, Any]:
        """Return the numbers."""
        return {"name": self.name, "rings": self.rings, "pots_before": self.pots_before} | {
            name: getattr(self, name).as_json()
            for name in (
                "entries_stopped",
                "entries_flagged",
                "entries_later",
                "players_stopped",
                "players_flagged",
            )
        }


@dataclass(frozen=True)
class Crowd:
    """One honest crowd: players who were ever stopped, and ever flagged at all."""

    name: str
    players_stopped: Rate
    players_flagged: Rate

    def as_json(self) -> dict[str, Any]:
        """Return the numbers."""
        return {
            "name": self.name,
            "players_stopped": self.players_stopped.as_json(),
            "players_flagged": self.players_flagged.as_json(),
        }


@dataclass(frozen=True)
class Level:
    """The same numbers by one meaning of caught: `stopped` or `flagged`."""

    entries: Rate
    """Suspicious entries caught before settlement, of all suspicious ones."""
    every_attacker_entry: Rate
    """Likewise, with those of attackers who were alone in their pot."""
    attackers: Rate
    """Attackers caught in at least one of the pots they played with others of their ring."""
    precision: Rate
    honest_players: Rate

    def as_json(self) -> dict[str, Any]:
        """Return the numbers."""
        return {
            "entries": self.entries.as_json(),
            "every_attacker_entry": self.every_attacker_entry.as_json(),
            "attackers": self.attackers.as_json(),
            "precision": self.precision.as_json(),
            "honest_players": self.honest_players.as_json(),
        }


@dataclass
class Report:
    """Everything that `pypot fraud report` prints."""

    made: list[dict[str, Any]]
    """How each simulation was made, as far as that is known."""
    pots: int
    cases: int
    stopped: Level
    flagged: Level
    strategies: list[Strategy]
    crowds: list[Crowd]
    bins: list[Bin]
    brier: float | None
    brier_of_flagged: float | None
    by_flag: dict[str, Rate] = field(default_factory=dict)
    """Of each kind of flag: how many of those it was raised on are attackers."""

    @property
    def missed(self) -> list[str]:
        """The goals that do not hold, a sentence each. What cannot be judged does not hold."""
        goals: list[tuple[str, Rate, float, Callable[[float, float], bool]]] = [
            ("recall of flags before settlement", self.flagged.entries, RECALL, _at_least),
            *(
                (f"recall of {each.name}", each.entries_flagged, STRATEGY_RECALL, _at_least)
                for each in self.strategies
            ),
            ("precision of flags", self.flagged.precision, PRECISION, _at_least),
            (
                "honest players ever held",
                self.stopped.honest_players,
                HONEST_STOPPED,
                lambda rate, goal: rate < goal,
            ),
        ]
        missed = []
        for name, measured, goal, holds in goals:
            if measured.rate is None:
                missed.append(f"{name}: nothing to judge by")
            elif not holds(measured.rate, goal):
                word = "below" if holds is _at_least else "not under"
                missed.append(f"{name}: {measured.rate:.2%}, {word} {goal:.2%}")
        return missed

    @property
    def ok(self) -> bool:
        """Whether every goal holds."""
        return not self.missed

    def as_json(self) -> dict[str, Any]:
        """Return what `pypot fraud report --json` prints."""
        return {
            "ok": self.ok,
            "missed": self.missed,
            "simulations": self.made,
            "pots": self.pots,
            "cases": self.cases,
            "confidence": measures.CONFIDENCE,
            "stopped": self.stopped.as_json(),
            "flagged": self.flagged.as_json(),
            "strategies": [each.as_json() for each in self.strategies],
            "crowds": [each.as_json() for each in self.crowds],
            "by_flag": {kind: rate.as_json() for kind, rate in self.by_flag.items()},
            "reliability": [
                {
                    "low": each.low, "high": each.high, "mean_score": each.mean_score,
                    "fraud": each.fraud.as_json(),
                }
                for each in self.bins
            ],
            "brier": self.brier,
            "brier_of_flagged": self.brier_of_flagged,
        }  # fmt: skip


def report(cases: Sequence[Case], pots: Sequence[str], made: list[dict[str, Any]]) -> Report:
    """Count the cases. `pots` in the order of their locks; `made` says how they came about."""
    suspicious = measures.suspicious(cases)
    honest = [case for case in cases if case.is_honest]
    # A refusal without a flag has no score.
    scored = [case for case in cases if case.entered or case.flag_kinds]
    with_flag = [case for case in scored if case.flag_kinds]
    kinds = sorted({kind for case in cases for kind in case.flag_kinds})
    return Report(
        made=[each for each in made if each],
        pots=len(pots),
        cases=len(cases),
        stopped=_level(cases, stopped),
        flagged=_level(cases, flagged),
        strategies=[
            _strategy(name, of, pots)
            for name, of in measures.by(suspicious, lambda case: case.kind).items()
        ],
        crowds=[
            Crowd(name, measures.players(of, stopped), measures.players(of, flagged))
            for name, of in measures.by(honest, lambda case: case.kind).items()
        ],
        bins=measures.reliability(scored),
        brier=measures.brier(scored),
        brier_of_flagged=measures.brier(with_flag),
        by_flag={kind: measures.precision(cases, partial(_has, kind)) for kind in kinds},
    )


def _level(cases: Sequence[Case], caught: Caught) -> Level:
    attackers = [case for case in cases if not case.is_honest]
    honest = [case for case in cases if case.is_honest]
    suspicious = measures.suspicious(cases)
    return Level(
        entries=measures.recall(suspicious, caught),
        every_attacker_entry=measures.recall(attackers, caught),
        attackers=measures.players(suspicious, caught),
        precision=measures.precision(cases, caught),
        honest_players=measures.players(honest, caught),
    )


def _strategy(name: str, cases: Sequence[Case], pots: Sequence[str]) -> Strategy:
    return Strategy(
        name=name,
        rings=len({case.ring for case in cases}),
        entries_stopped=measures.recall(cases, stopped),
        entries_flagged=measures.recall(cases, flagged),
        entries_later=measures.recall(measures.known(cases, pots, KNOWN_AFTER), flagged),
        players_stopped=measures.players(cases, stopped),
        players_flagged=measures.players(cases, flagged),
        pots_before=measures.pots_before_caught(cases, flagged, pots),
    )


def _has(kind: str, case: Case) -> bool:
    return kind in case.flag_kinds


def _at_least(rate: float, goal: float) -> bool:
    return rate >= goal
