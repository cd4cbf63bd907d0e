"""What the demo shows: steps and bars while it plays, tables at the end.

Off a terminal there are plain lines. Progress goes to stderr, the closing screen to stdout, so that
a pipe gets the result alone.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pypot_cli.demo.report import Report


class Screen:
    """Where the demo speaks."""

    def __init__(self) -> None:
        self._progress = Console(stderr=True, highlight=False)
        # A pipe has no width of its own, and a table cut off at 80 columns is of no use in a log.
        self._result = Console(highlight=False)
        if not self._result.is_terminal:
            self._result = Console(highlight=False, width=160)
        self._began = time.monotonic()

    def say(self, step: str) -> None:
        """Show a step as it begins."""
        seconds = time.monotonic() - self._began
        self._progress.print(Text(f"{seconds:6.1f} s  {step}"), soft_wrap=True)

    @contextlib.contextmanager
    def bar(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        """Show how far something is; the block calls the given function with each advance."""
        if not self._progress.is_terminal:
            yield lambda _count: None
            return
        columns = (
            TextColumn("          {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._progress, transient=True) as progress:
            task = progress.add_task(what, total=total)
            lock = threading.Lock()

            def advance(count: int) -> None:
                with lock:
                    progress.advance(task, count)

            yield advance

    def show(self, report: Report) -> None:
        """Show the closing screen."""
        if report.pots:
            self._result.print(_pots(report))
            self._result.print(
                f"{report.players} players, {report.joins} joins in {report.play_seconds:.1f} s:"
                f" {report.joins_per_second:.0f} joins a second, answered in"
                f" {report.join_ms_p50:.0f} ms (median), {report.join_ms_p99:.0f} ms (99%);"
                f" {report.taken_back} taken back\n"
            )
        checks = Table("", "check", "seen", title="Checks")
        for check in report.checks:
            mark = Text("✓", style="green") if check.holds else Text("✗", style="bold red")
            checks.add_row(mark, Text(check.name), Text(check.seen, overflow="fold"))
        self._result.print(checks)
        if report.proof_dir:
            self._result.print(Text(f"proofs: {report.proof_dir}"), soft_wrap=True)
        if report.stopped:
            self._result.print(Text(f"stopped: {report.stopped}", style="bold red"), soft_wrap=True)
        for check in report.broken:
            self._result.print(
                Text(f"broken: {check.name}: {check.seen}", style="bold red"), soft_wrap=True
            )
        if report.ok:
            word = f"all {len(report.checks)} checks held, in {report.seconds:.1f} s"
            self._result.print(Text(word, style="bold green"))


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
