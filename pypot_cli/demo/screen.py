"""What the demo shows at its end: a table of its pots and one of its checks."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from pypot_cli import screen
from pypot_cli.demo.report import Report


class Screen(screen.Screen):
    """Where the demo speaks."""

    def show(self, report: Report) -> None:
        """Show the closing screen."""
        if report.pots:
            self.result.print(_pots(report))
            self.result.print(
                f"{report.players} players, {report.joins} joins in {report.play_seconds:.1f} s:"
                f" {report.joins_per_second:.0f} joins a second, answered in"
                f" {report.join_ms_p50:.0f} ms (median), {report.join_ms_p99:.0f} ms (99%);"
                f" {report.taken_back} taken back\n"
            )
        checks = Table("", "check", "seen", title="Checks")
        for check in report.checks:
            mark = Text("✓", style="green") if check.holds else Text("✗", style="bold red")
            checks.add_row(mark, Text(check.name), Text(check.seen, overflow="fold"))
        self.result.print(checks)
        if report.proof_dir:
            self.result.print(Text(f"proofs: {report.proof_dir}"), soft_wrap=True)
        if report.stopped:
            self.result.print(Text(f"stopped: {report.stopped}", style="bold red"), soft_wrap=True)
        for check in report.broken:
            self.result.print(
                Text(f"broken: {check.name}: {check.seen}", style="bold red"), soft_wrap=True
            )
        if report.ok:
            word = f"all {len(report.checks)} checks held, in {report.seconds:.1f} s"
            self.result.print(Text(word, style="bold green"))


def _pots(report: Report) -> Table:
    table = Table(
        "pot", "scene", "status", "tickets", "players", "filled in", "winner", "ticket", "prize",
        "proof", title="Pots",
    )  # fmt: skip
    for pot in report.pots:
        table.add_row(
            pot.pot_id[:8],
            pot.scene,
            pot.status,
            str(pot.tickets),
            str(pot.players),
            "" if pot.fill_seconds is None else f"{pot.fill_seconds:.1f} s",
            pot.winner or "",
            "" if pot.winning_ticket is None else str(pot.winning_ticket),
            "" if pot.prize is None else str(pot.prize),
            pot.proof or "",
        )
    return table
