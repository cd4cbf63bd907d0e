"""The picture of a day: fill times of each pot, joins, and how fill times are distributed."""

from __future__ import annotations

from pathlib import Path

from pypot_cli import plots
from pypot_cli.simulate.crowd import TARGET_SECONDS
from pypot_cli.simulate.report import TARGET_SHARE, Report

_INK, _PEAK, _LATE = "#1f3a5f", "#f2c14e", "#b3261e"
_COLOURS = ("#1f3a5f", "#4a90a4", "#7aa95c", "#c97b2b", "#8a4f7d", "#5f6b7a")
_HIGHEST = 320.0


def draw(report: Report, file: Path) -> None:
    """Write the picture of a day to a file, whose suffix says what kind."""
    plots.check(file)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 9), layout="constrained")
    fills, joins, spread = figure.subplots(3, 1, height_ratios=(3, 1.2, 1.6))
    share = report.peak_share
    said = "no pot at peak" if share is None else f"{share:.1%} of pots at peak in 90 s or less"
    figure.suptitle(f"{report.players} players, {report.joins} joins: {said}", fontsize=13)
    for axes in (fills, joins):
        for hour in report.peak_hours:
            axes.axvspan(hour, hour + 1, color=_PEAK, alpha=0.2, linewidth=0)
        axes.set_xlim(0, 24)
        axes.set_xticks(range(0, 25, 2))
    for place, template in enumerate(report.templates):
        full = [
            (pot.closed_at / 3600, pot.filled)
            for pot in report.pots
            if pot.template == template.name and pot.filled is not None
        ]
        fills.scatter(
            [at for at, _ in full],
            [took for _, took in full],
            s=14,
            color=_COLOURS[place % len(_COLOURS)],
            label=f"{template.max_tickets} tickets at {template.entry_cost}",
        )
    lacking = [pot.closed_at / 3600 for pot in report.pots if pot.filled is None]
    fills.scatter(
        lacking, [_HIGHEST - 8] * len(lacking), s=16, marker="x", color=_LATE, label="never full"
    )
    fills.axhline(TARGET_SECONDS, color=_LATE, linestyle="--", linewidth=1)
    fills.annotate("90 s", (0.15, TARGET_SECONDS + 4), color=_LATE)
    fills.set_ylim(0, _HIGHEST + 50)
    fills.set_ylabel("seconds to fill")
    fills.legend(loc="upper left", fontsize=8, ncols=3)
    fills.set_title("Each pot, at the hour it closed; the six busiest hours are shaded", loc="left")
    joins.fill_between(
        [place / 12 for place in range(len(report.five_minutes))],
        [float(row["joins_per_second"]) for row in report.five_minutes],
        color=_INK,
        alpha=0.7,
        step="post",
    )
    joins.set_ylabel("joins a second")
    joins.set_xlabel("hour of the day (UTC)")
    _spread(report, spread)
    plots.save(figure, file)


def _spread(report: Report, axes: object) -> None:
    """Draw the share of pots that were full by each second, all day and at peak."""
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)
    peak = set(report.peak_hours)
    groups = {
        "at peak": [pot for pot in report.pots if int(pot.closed_at // 3600) in peak],
        "all day": list(report.pots),
    }
    for (name, pots), colour in zip(groups.items(), (_LATE, _INK), strict=True):
        took = sorted(pot.filled for pot in pots if pot.filled is not None)
        shares = [(place + 1) / len(pots) for place in range(len(took))]
        axes.step([0.0, *took], [0.0, *shares], where="post", color=colour, label=name)
    axes.axvline(TARGET_SECONDS, color=_LATE, linestyle="--", linewidth=1)
    axes.axhline(TARGET_SHARE, color=_LATE, linestyle=":", linewidth=1)
    axes.set_xlim(0, 300)
    axes.set_ylim(0, 1)
    axes.set_xlabel("seconds from opening to the last ticket")
    axes.set_ylabel("share of pots full")
    axes.legend(loc="lower right")
