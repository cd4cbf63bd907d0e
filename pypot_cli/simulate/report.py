"""What a simulated day came to: its numbers, as JSON and on a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table
from rich.text import Text

from pypot_cli import screen
from pypot_cli.simulate.crowd import TARGET_SECONDS, Template

TARGET_SHARE = 0.75
"""Pots at peak that are to be full within TARGET_SECONDS (PRD 1)."""


@dataclass(frozen=True)
class Pot:
    """A pot that closed: seconds into the day, template, seconds to fill (None: it did not)."""

    closed_at: float
    template: str
    filled: float | None


@dataclass
class Report:
    """One day. `metrics` has the day's row of each metric, `hours` fill times by the hour."""

    seed: str
    players: int
    templates: Sequence[Template]
    pots: Sequence[Pot]
    joins: int
    refused: dict[str, int]
    metrics: dict[str, list[Any]]
    hours: list[Any]
    five_minutes: list[Any]
    invariants: int
    broken: list[str]
    seconds: float

    @property
    def peak_share(self) -> float | None:
        """Return the share of pots at peak that were full within the target."""
        pots = sum(row["peak_pots"] for row in self.hours)
        return sum(row["peak_within_target"] for row in self.hours) / pots if pots else None

    @property
    def peak_hours(self) -> list[int]:
        """Return the hours of the day that count as its peak."""
        return [hour for hour, row in enumerate(self.hours) if row["peak_pots"]]

    @property
    def accuracy(self) -> float | None:
        """Return the share of payouts that were correct."""
        settled = sum(row["settled"] for row in self.metrics["payouts"])
        correct = sum(row["correct"] for row in self.metrics["payouts"])
        return correct / settled if settled else None

    @property
    def counted(self) -> bool:
        """Return whether the metrics have every join and every pot that there was."""
        joins: int = sum(row["joins"] for row in self.metrics["joins"])
        pots: int = sum(row["pots"] for row in self.metrics["fill_time"])
        return joins == self.joins and pots == sum(pot.closed_at < 86_400 for pot in self.pots)

    @property
    def ok(self) -> bool:
        """Return whether everything that must hold did; the target is judged by whoever reads."""
        return not self.broken and self.counted and self.accuracy == 1

    def as_json(self) -> dict[str, Any]:
        """Return what `pypot simulate day --json` prints."""
        return {
            "seed": self.seed,
            "players": self.players,
            "templates": [
                {"name": t.name, "entry_cost": t.entry_cost, "max_tickets": t.max_tickets}
                for t in self.templates
            ],
            "joins": self.joins,
            "refused": self.refused,
            "peak_share": self.peak_share,
            "peak_hours": self.peak_hours,
            "payout_accuracy": self.accuracy,
            "counted": self.counted,
            "metrics": self.metrics,
            "invariants": self.invariants,
            "broken": self.broken,
            "seconds": round(self.seconds, 1),
            "ok": self.ok,
        }


class Screen(screen.Screen):
    """Where the simulation speaks, and its report."""

    def show(self, report: Report) -> None:
        """Show a report."""
        out = self.result.print
        table = Table("metric", "value", title=f"A day of {report.players} players")
        for name, value in _rows(report):
            table.add_row(name, value)
        out(table)
        share = report.peak_share
        if share is not None:
            reached = share >= TARGET_SHARE
            out(
                Text(
                    f"{share:.1%} of pots at peak were full within {TARGET_SECONDS:.0f} s; the"
                    f" target is {TARGET_SHARE:.0%}",
                    style="green" if reached else "yellow",
                )
            )
        if report.broken:
            out(Text(f"broken: {', '.join(report.broken)}", style="bold red"))
        else:
            out(Text(f"all {report.invariants} invariants hold", style="bold green"))
        if not report.counted:
            out(Text("the metrics are not what happened", style="bold red"))
        out(f"seed {report.seed}, {report.seconds:.0f} s", soft_wrap=True)


def _rows(report: Report) -> list[tuple[str, str]]:
    (fill,) = report.metrics["fill_time"]
    (settle,) = report.metrics["settle_time"]
    (churn,) = report.metrics["churn"]
    (aborts,) = report.metrics["aborts"]
    (payouts,) = report.metrics["payouts"]
    (joins,) = report.metrics["joins"]
    busiest = max(row["joins_per_second"] for row in report.five_minutes)
    refused = ", ".join(f"{count} {token}" for token, count in report.refused.items())
    return [
        ("templates", ", ".join(f"{t.max_tickets} tickets" for t in report.templates)),
        ("joins, tickets", f"{joins['joins']}, {joins['tickets']}"),
        ("joins a second, busiest five minutes", f"{busiest:.3f}"),
        ("joins refused", refused or "none"),
        ("pots closed, of them full", f"{fill['pots']}, {fill['filled']}"),
        ("full within 90 s, all day", _share(fill["share"])),
        ("full within 90 s, at peak", _share(fill["peak_share"])),
        ("time to fill, median and p90", _times(fill["median_seconds"], fill["p90_seconds"])),
        ("lock to payout, median and p99", _times(settle["median_seconds"], settle["p99_seconds"])),
        ("new players, back for a later pot", f"{churn['players']}, {churn['returned']}"),
        ("abort rate", _share(aborts["abort_rate"])),
        ("payouts, of them correct", f"{payouts['settled']}, {payouts['correct']}"),
        ("fraud flags raised", str(sum(row["raised"] for row in report.metrics["flags"]))),
    ]


def _share(value: float | None) -> str:
    return "none" if value is None else f"{float(value):.1%}"


def _times(middle: float | None, high: float | None) -> str:
    return ", ".join("over an hour" if t is None else f"at most {t:g} s" for t in (middle, high))
