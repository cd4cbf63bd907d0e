"""The reliability plot: scores beside the truth, by Matplotlib (extra `fraud`)."""

from __future__ import annotations

from pathlib import Path

from pypot_cli import plots
from pypot_cli.fraud.report import Report

_INK = "#1d3557"
_IDEAL = "#8d99ae"
_BARS = "#a8c5da"


def draw(report: Report, file: Path) -> None:
    """Write the plot: observed share of attackers by score above, how many entries below.

    Entries without any flag are the point at score 0.
    """
    plots.check(file)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 7.5), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    scores = [each.mean_score for each in report.bins]
    rates = [each.fraud.rate or 0 for each in report.bins]
    spans = [each.fraud.interval or (0.0, 1.0) for each in report.bins]
    above.plot([0, 1], [0, 1], color=_IDEAL, linestyle="--", label="perfectly calibrated")
    above.errorbar(
        scores,
        rates,
        yerr=[
            [max(0.0, rate - low) for rate, (low, _) in zip(rates, spans, strict=True)],
            [max(0.0, high - rate) for rate, (_, high) in zip(rates, spans, strict=True)],
        ],
        color=_INK,
        marker="o",
        linestyle="none",
        capsize=4,
        label="observed, 95% Wilson interval",
    )
    above.set(ylabel="share of attackers' entries", xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    above.set_title(_title(report))
    above.legend(loc="upper left", frameon=False)
    above.grid(alpha=0.25)
    counts = [each.fraud.total for each in report.bins]
    bars = below.bar(scores, counts, width=0.06, color=_BARS, edgecolor=_INK)
    below.bar_label(bars, padding=2, fontsize=8)
    below.set_yscale("log")
    below.set_ylim(top=10 * max(counts, default=1), bottom=0.5)
    below.set(xlabel="score of the entry's highest flag (0: no flag)", ylabel="entries")
    below.grid(axis="y", alpha=0.25)
    plots.save(figure, file, dpi=144)


def _title(report: Report) -> str:
    worlds = sorted({str(made["world"]) for made in report.made})
    world = f" of {', '.join(worlds)}" if worlds else ""
    brier = "none" if report.brier is None else f"{report.brier:.3f}"
    # Two lines: the names of all worlds are as wide as the picture.
    return f"Scores of {report.cases} entries{world}\nBrier score {brier}"
