"""The report as Markdown: the tables of docs/fairness.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pypot_cli.attack.report import Rate, Report


def markdown(report: Report) -> str:
    """Return the tables of win rates, of uniformity and of moves, those that have rows."""
    tables = [
        _table(
            ("attack", "the operator", "draw", "draws", "wins", "interval", "fair", "verdict"),
            (
                (
                    rate.attack,
                    rate.variant,
                    str(rate.draw_version),
                    str(rate.draws),
                    f"{rate.rate:.2%}",
                    f"{rate.low:.2%} to {rate.high:.2%}",
                    f"{rate.fair:.2%}",
                    verdict(rate),
                )
                for rate in report.rates
            ),
        ),
        _table(
            ("draw", "winners by", "draws", "chi-square", "degrees", "p"),
            (
                (
                    str(each.draw_version),
                    each.by,
                    str(each.draws),
                    f"{each.statistic:.1f}",
                    str(each.degrees),
                    f"{each.p_value:.3f}",
                )
                for each in report.uniformity
            ),
        ),
        _table(
            ("attack", "draw", "move on a real pot", "answer"),
            (
                (each.attack, str(each.draw_version), each.move, each.answer)
                for each in report.answers
            ),
        ),
    ]
    return "\n\n".join(table for table in tables if table)


def verdict(rate: Rate) -> str:
    """Return what a rate says of its draw, in a word or two."""
    if rate.is_fair:
        return "fair"
    if rate.must_be_fair:
        return "NOT FAIR"
    return "bent" if rate.draw_version == 1 else "unwitnessed"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_line(row) for row in rows]
    return "\n".join([_line(head), _line(["---"] * len(head)), *lines]) if lines else ""


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
