"""Attacks in bulk: thousands of rounds drawn by the database's own functions, set-based in SQL.

Each attack is a query, queries/attack/<name>.sql, over rounds of 100 tickets of which the operator
holds ten. All that a round is made of comes from one keyed stream, so a key plays the same draws
again. Nothing is kept: each batch is rolled back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import psycopg
from psycopg.rows import dict_row

from pypot_cli.attack.report import CONFIDENCE, Rate, Report, Uniformity
from pypot_cli.attack.statistics import chi_square, wilson
from pypot_cli.db.connection import query
from pypot_cli.fairness.beacon import QUICKNET

BATCH = 1000
"""Rounds a transaction; between two of them progress is told."""

TRIES = 16
"""Seeds, rounds or lock times that the operator tries where the attack is to try many."""

HOLDERS = (1, 2, 3, 5, 9, 15, 25, 40)
"""Tickets of each holder of the hundred, for winners against ticket share."""

UNIFORMITY = "uniformity"
"""The name of the draws in which nobody plays foul."""


@dataclass(frozen=True)
class Attack:
    """One row or two of the table: what is played, and whether draw 2 has to be fair in it."""

    name: str
    variant: str
    query: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    must_be_fair: bool = True


ATTACKS = (
    Attack("last-look", "joins last, count computed from the seed", "last_look"),
    Attack("seed-grinding", f"commits to the best of {TRIES} seeds", "seed_grinding"),
    Attack("commit-swap", f"reveals one of {TRIES} other seeds", "commit_swap"),
    Attack("selective-abort", "withholds what would lose", "selective_abort"),
    Attack("late-exclusion", "excludes an entry after the reveal", "late_exclusion"),
    Attack("entry-reordering", "takes the place that the seed favours", "entry_order"),
    Attack("beacon-choice", f"hands in one of {TRIES} other rounds", "beacon_choice"),
    Attack(
        "backdating",
        "locks after the beacon, without a witness",
        "backdating",
        {"witness": False},
        must_be_fair=False,
    ),
    Attack(
        "backdating",
        "locks after the beacon, witness required",
        "backdating",
        {"witness": True},
    ),
)

NAMES = (*dict.fromkeys(attack.name for attack in ATTACKS), UNIFORMITY)
"""What --only takes."""


def play(
    conn: psycopg.Connection[Any],
    draws: int,
    names: Collection[str],
    report: Report,
    advance: Callable[[int], None],
) -> None:
    """Play `draws` rounds of each attack named, and add what came of it to the report.

    `conn` is of the functions' owner, in autocommit. `advance` is told rounds played. Sets the
    report's confidence so that all judgements together have CONFIDENCE (Bonferroni).
    """
    attacks = [attack for attack in ATTACKS if attack.name in names]
    tallies: dict[tuple[int, int], Counter[str]] = {}
    fair: Counter[tuple[int, int]] = Counter()
    tickets: dict[int, Counter[int]] = {1: Counter(), 2: Counter()}
    parameters = _parameters(report.seed)
    conn.execute(query("attack/prepare"))
    for first in range(0, draws, BATCH):
        last = min(first + BATCH, draws) - 1
        with conn.transaction(force_rollback=True), conn.cursor(row_factory=dict_row) as cursor:
            cursor.execute(query("attack/rounds"), {**parameters, "first": first, "last": last})
            cursor.execute("analyze attack_rounds")
            for number, attack in enumerate(attacks):
                given = {**parameters, **attack.parameters}
                for row in cursor.execute(query(f"attack/{attack.query}"), given):
                    key = number, row.pop("version")
                    fair[key] += row.pop("fair")
                    tallies.setdefault(key, Counter()).update(row)
            if UNIFORMITY in names:
                for row in cursor.execute(query("attack/honest"), parameters):
                    tickets[row["version"]][row["ticket"]] += row["wins"]
        advance(last - first + 1)

    judged = sum(attacks[number].must_be_fair and version == 2 for number, version in tallies)
    judged += 4 * (UNIFORMITY in names)
    significance = (1 - CONFIDENCE) / max(1, judged)
    report.confidence = 1 - significance
    for (number, version), tally in sorted(tallies.items()):
        report.rates.append(
            _rate(attacks[number], version, tally, fair[number, version], report.confidence)
        )
    if UNIFORMITY in names:
        for version, wins in tickets.items():
            report.uniformity += _uniformity(version, wins, significance)


def _parameters(seed: str) -> dict[str, Any]:
    return {
        "key": sha256(seed.encode()).digest(),
        "tries": TRIES,
        "chain": QUICKNET.hash,
        "genesis": QUICKNET.genesis_time,
        "period": QUICKNET.period,
    }


def _rate(
    attack: Attack, version: int, tally: Counter[str], fair: float, confidence: float
) -> Rate:
    low, high = wilson(tally["wins"], tally["draws"], confidence)
    return Rate(
        attack=attack.name,
        variant=attack.variant,
        draw_version=version,
        draws=tally["draws"],
        wins=tally["wins"],
        low=low,
        high=high,
        fair=fair / tally["draws"],
        moves=tally["moves"],
        accepted=tally["accepted"],
        must_be_fair=attack.must_be_fair and version == 2,
    )


def _uniformity(version: int, wins: Counter[int], significance: float) -> list[Uniformity]:
    by_ticket = [wins[ticket] for ticket in range(100)]
    by_holder, first = [], 0
    for count in HOLDERS:
        by_holder.append(sum(by_ticket[first : first + count]))
        first += count
    return [
        _tested(version, "ticket", by_ticket, [1.0] * 100, significance),
        _tested(version, "ticket share", by_holder, HOLDERS, significance),
    ]


def _tested(
    version: int,
    by: str,
    observed: Sequence[int],
    expected: Sequence[float],
    significance: float,
) -> Uniformity:
    statistic, p_value = chi_square(observed, expected)
    return Uniformity(
        version, by, sum(observed), statistic, len(observed) - 1, p_value, significance
    )
