"""What a harness is, and what it is given when it runs."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pypot_cli.config import ROOT
from pypot_cli.errors import PypotError
from pypot_cli.screen import Screen

PACKAGE = "tests.assurance"

Figure = int | float | str


@dataclass
class Run:
    """One run of one harness: its time, its chances, and what it reports.

    `seconds` is how long it may take; what it has to leave out for that it says in a figure. `seed`
    decides whatever is random. `directory` is its own: what it puts there stays beside the report,
    or goes with the run when no report is kept.
    """

    seconds: float
    seed: int
    directory: Path
    screen: Screen
    figures: dict[str, Figure] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    def figure(self, name: str, value: Figure) -> None:
        """Report a number or a word; the last one of a name counts."""
        self.figures[name] = value

    def count(self, name: str, more: int = 1) -> None:
        """Add to a figure that counts, from 0."""
        now = self.figures.get(name, 0)
        assert isinstance(now, int), name
        self.figures[name] = now + more

    def fail(self, sentence: str) -> None:
        """Report what should not be; the run goes on."""
        self.failures.append(sentence)
        self.screen.say(f"  failed: {sentence}")

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._began

    @property
    def left(self) -> float:
        """Seconds that are left, below 0 when they are over."""
        return self.seconds - self.elapsed

    def say(self, step: str) -> None:
        """Show a step as it begins."""
        self.screen.say(f"  {step}")

    def bar(
        self, what: str, total: int
    ) -> contextlib.AbstractContextManager[Callable[[int], None]]:
        """Show how far something is; the block calls the given function with each advance."""
        return self.screen.bar(what, total)


@dataclass(frozen=True)
class Harness:
    """Something that is run against the product and must find nothing.

    `what` says in a sentence what it does, `minutes` how long it takes when nobody says otherwise,
    `threats` which lines of `tests/assurance/threats.toml` it is about. `controls` are tests in
    which it fails, as it must, on something broken on purpose: `tests/assurance/test_x.py::test_y`.
    `run` reports through its argument. It ends early rather than late, leaves nothing behind, and
    raises LeftOutError (MissingProgramError is one) when it needs what is not on this machine.
    """

    name: str
    what: str
    minutes: float
    threats: tuple[int, ...]
    controls: tuple[str, ...]
    run: Callable[[Run], None]


def find() -> dict[str, Harness]:
    """Return every harness of the checkout by its name, in order of name.

    Raises PypotError when the package is installed without its tests.
    """
    return {each.name: each for each in sorted(_harnesses(), key=lambda each: each.name)}


def _harnesses() -> Iterator[Harness]:
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    try:
        package = importlib.import_module(PACKAGE)
    except ModuleNotFoundError as error:
        raise PypotError(
            f"the harnesses are part of a checkout and its development tools ({error}):"
            " run ./dev pypot assure there"
        ) from None
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("test_"):
            found = getattr(importlib.import_module(f"{PACKAGE}.{module.name}"), "HARNESS", None)
            if isinstance(found, Harness):
                yield found
