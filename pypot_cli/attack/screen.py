"""What `pypot attack` shows at its end: win rates, uniformity, and the answers to each move."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from pypot_cli import screen
from pypot_cli.attack.markdown import verdict
from pypot_cli.attack.report import CONFIDENCE, Rate, Report


class Screen(screen.Screen):
    """Where the attack speaks."""

    def show(self, report: Report) -> None:
        """Show the closing screen."""
        if report.rates:
            self.result.print(_rates(report))
        if report.uniformity:
            self.result.print(_uniformity(report))
        if report.answers:
            self.result.print(_answers(report))
        self.result.print(
            f"Wilson intervals of {report.confidence:.4%} each: a draw that is fair everywhere"
            f" passes with {CONFIDENCE:.1%}. --seed {report.seed} plays the same rounds;"
            f" {report.seconds:.0f} s",
            soft_wrap=True,
        )
        for sentence in report.broken:
            self.result.print(Text(f"broken: {sentence}", style="bold red"), soft_wrap=True)
        if report.ok:
            self.result.print(
                Text("draw 2 does not differ from fair in any attack", style="bold green")
            )


def _rates(report: Report) -> Table:
    table = Table(
        "attack", "the operator", "draw", "draws", "wins", "interval", "fair", "moves", "stood",
        "verdict", title="The operator, with 10 of 100 tickets",
    )  # fmt: skip
    for rate in report.rates:
        table.add_row(
            rate.attack,
            rate.variant,
            str(rate.draw_version),
            str(rate.draws),
            f"{rate.rate:.2%}",
            f"{rate.low:.2%} to {rate.high:.2%}",
            f"{rate.fair:.2%}",
            str(rate.moves),
            str(rate.accepted),
            _verdict(rate),
        )
    return table


def _verdict(rate: Rate) -> Text:
    style = "green" if rate.is_fair else "bold red" if rate.must_be_fair else "yellow"
    return Text(verdict(rate), style=style)


def _uniformity(report: Report) -> Table:
    table = Table(
        "draw", "winners by", "draws", "chi-square", "degrees", "p", "",
        title="Winners of honest draws",
    )  # fmt: skip
    for each in report.uniformity:
        word = (
            Text("uniform", style="green")
            if each.is_uniform
            else Text("NOT UNIFORM", style="bold red")
        )
        table.add_row(
            str(each.draw_version),
            each.by,
            str(each.draws),
            f"{each.statistic:.1f}",
            str(each.degrees),
            f"{each.p_value:.3f}",
            word,
        )
    return table


def _answers(report: Report) -> Table:
    table = Table("attack", "draw", "move on a real pot", "answer", "", title="Moves")
    for each in report.answers:
        mark = (
            Text("✓", style="green")
            if each.as_expected
            else Text(f"not {each.expected}", style="bold red")
        )
        table.add_row(each.attack, str(each.draw_version), Text(each.move), Text(each.answer), mark)
    return table
