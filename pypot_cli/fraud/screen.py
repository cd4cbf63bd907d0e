"""What `pypot fraud` shows: strategies and crowds, and whether the goals hold."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from pypot_cli import screen
from pypot_cli.fraud.measures import CONFIDENCE, Rate
from pypot_cli.fraud.report import (
    HONEST_STOPPED,
    KNOWN_AFTER,
    PRECISION,
    RECALL,
    STRATEGY_RECALL,
    Level,
    Report,
)


class Screen(screen.Screen):
    """Where the simulation speaks, and its report."""

    def show(self, report: Report) -> None:
        """Show a report."""
        for made in report.made:
            self.result.print(
                f"world {made['world']}, seed {made['seed']}: {made['players']} players, of whom"
                f" {made['attackers']} attack in {made['rings']} rings",
                soft_wrap=True,
            )
        self.result.print(f"{report.pots} pots drawn with {report.cases} players in them")
        self.result.print(_strategies(report))
        self.result.print(_crowds(report))
        self.result.print(_overall(report))
        if report.by_flag:
            self.result.print(_flags(report))
        self.result.print(_reliability(report))
        self.result.print(
            f"Intervals are Wilson's at {CONFIDENCE:.0%}, as if entries were independent: those of"
            " one ring are not, so they are wider in truth.",
            soft_wrap=True,
        )
        for sentence in report.missed:
            self.result.print(Text(f"missed: {sentence}", style="bold red"), soft_wrap=True)
        if report.ok:
            self.result.print(Text("every goal holds", style="bold green"))


def _strategies(report: Report) -> Table:
    table = Table(
        "strategy", "rings", "entries", "flagged", "", f"from pot {KNOWN_AFTER + 1} on", "held",
        "attackers", "flagged", "held", "pots before",
        title="Suspicious entries, before settlement",
    )  # fmt: skip
    for each in report.strategies:
        goal = (each.entries_flagged.rate or 0) >= STRATEGY_RECALL
        table.add_row(
            each.name,
            str(each.rings),
            str(each.entries_stopped.total),
            Text(_rate(each.entries_flagged), style="green" if goal else "bold red"),
            _interval(each.entries_flagged),
            _rate(each.entries_later),
            _rate(each.entries_stopped),
            str(each.players_stopped.total),
            _rate(each.players_flagged),
            _rate(each.players_stopped),
            "" if each.pots_before is None else f"{each.pots_before:g}",
        )
    return table


def _crowds(report: Report) -> Table:
    table = Table(
        "honest crowd", "players", "ever held", "", "", "ever flagged", "", title="Honest players"
    )
    for each in report.crowds:
        table.add_row(
            each.name,
            str(each.players_stopped.total),
            Text(
                str(each.players_stopped.hits),
                style="bold red" if each.players_stopped.hits else "green",
            ),
            _rate(each.players_stopped),
            _interval(each.players_stopped),
            _rate(each.players_flagged),
            _interval(each.players_flagged),
        )
    return table


def _overall(report: Report) -> Table:
    table = Table("", "any flag", "", "held", "", "goal", title="Overall")

    def row(name: str, pick: str, goal: str = "") -> None:
        flagged, stopped = (getattr(each, pick) for each in (report.flagged, report.stopped))
        table.add_row(
            name, _counted(flagged), _interval(flagged), _counted(stopped), _interval(stopped), goal
        )

    assert {"entries", "precision"} <= set(Level.__annotations__)
    row("recall, suspicious entries", "entries", f"any flag: at least {RECALL:.0%}")
    row("recall, every entry of an attacker", "every_attacker_entry")
    row("recall, attackers", "attackers")
    row("precision, entries", "precision", f"any flag: at least {PRECISION:.0%}")
    row("honest players ever", "honest_players", f"held: under {HONEST_STOPPED:.1%}")
    return table


def _flags(report: Report) -> Table:
    table = Table("kind of flag", "entries", "attackers'", "", title="Flags before the reveal")
    for kind, rate in report.by_flag.items():
        table.add_row(kind, str(rate.total), _rate(rate), _interval(rate))
    return table


def _reliability(report: Report) -> Table:
    table = Table("score", "entries", "mean score", "attackers'", "", title=_calibration(report))
    for each in report.bins:
        table.add_row(
            f"{each.low:.1f} to {each.high:.1f}" if each.high else "none",
            str(each.fraud.total),
            f"{each.mean_score:.2f}",
            _rate(each.fraud),
            _interval(each.fraud),
        )
    return table


def _calibration(report: Report) -> str:
    scores = (report.brier, report.brier_of_flagged)
    every, flagged = ("none" if score is None else f"{score:.3f}" for score in scores)
    return f"Scores beside the truth: Brier score {every}, of the flagged {flagged}"


def _counted(rate: Rate) -> str:
    return f"{_rate(rate)} ({rate.hits} of {rate.total})"


def _rate(rate: Rate) -> str:
    return "none" if rate.rate is None else f"{rate.rate:.1%}"


def _interval(rate: Rate) -> str:
    return "" if rate.interval is None else "{:.1%} to {:.1%}".format(*rate.interval)
