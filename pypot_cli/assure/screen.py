"""What `pypot assure` shows at its end."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from pypot_cli import screen
from pypot_cli.assure.report import Report, Result, clock, said

_STYLES = {"held": "green", "FAILED": "bold red", "left out": "yellow"}


class Screen(screen.Screen):
    """Where the harnesses speak."""

    def show(self, report: Report) -> None:
        """Show what each came to, then what failed."""
        table = Table("harness", "", "time", "figures")
        for each in report.results:
            table.add_row(
                each.name,
                Text(each.word, style=_STYLES[each.word]),
                clock(each.seconds),
                Text(each.left_out or said(each.figures)),
            )
        self.result.print(table)
        for each in report.results:
            self._failures(each)
        self.result.print(f"--seed {report.seed} repeats what was random", soft_wrap=True)

    def _failures(self, result: Result) -> None:
        for failure in result.failures:
            self.result.print(Text(f"{result.name}: {failure}", style="bold red"), soft_wrap=True)
