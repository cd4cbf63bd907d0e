"""Where a long command speaks: steps and bars while it works, and a console for its result.

Off a terminal there are plain lines. Progress goes to stderr, the result to stdout, so that a pipe
gets the result alone.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text


class Screen:
    """Steps, bars, and `result`, the console of what comes of them."""

    def __init__(self) -> None:
        self._progress = Console(stderr=True, highlight=False)
        # A pipe has no width of its own, and a table cut off at 80 columns is of no use in a log.
        self.result = Console(highlight=False)
        if not self.result.is_terminal:
            self.result = Console(highlight=False, width=160)
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
