"""What the harnesses came to, as JSON and as Markdown."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from pypot_cli.assure.harness import Figure


@dataclass(frozen=True)
class Result:
    """What came of one harness. `left_out` says why it could not run, and is None when it did.

    `at` is the UTC day it ended; `seconds` what it took, of the `allowed` ones.
    """

    name: str
    what: str
    at: str
    seconds: float
    allowed: float
    figures: dict[str, Figure]
    failures: list[str]
    left_out: str | None = None

    @property
    def word(self) -> str:
        """Held, FAILED or left out."""
        if self.failures:
            return "FAILED"
        return "held" if self.left_out is None else "left out"


@dataclass
class Report:
    """Everything that the command prints; `seed` repeats the random part of it."""

    seed: int
    results: list[Result] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether no harness found anything."""
        return not any(result.failures for result in self.results)

    def as_json(self) -> dict[str, Any]:
        """Return what `pypot assure --json` prints."""
        return {
            "ok": self.ok,
            "seed": self.seed,
            "results": [{**asdict(each), "outcome": each.word} for each in self.results],
        }

    def as_markdown(self) -> str:
        """Return report.md."""
        lines = [
            "# What the harnesses found",
            "",
            f"`pypot assure --seed {self.seed}`: "
            + ("nothing." if self.ok else "see what FAILED below."),
            "",
            "| harness | outcome | time | figures |",
            "|---|---|---|---|",
            *(
                f"| {each.name} | {each.word} | {clock(each.seconds)} | {said(each.figures)} |"
                for each in self.results
            ),
        ]
        for each in self.results:
            lines += ["", f"## {each.name}", "", each.what]
            if each.left_out is not None:
                lines += ["", f"Left out: {each.left_out}"]
            lines += ["", *(f"- {failure}" for failure in each.failures)] if each.failures else []
        return "\n".join(lines) + "\n"


def clock(seconds: float) -> str:
    """Return minutes and seconds, 2:05."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def said(figures: dict[str, Figure]) -> str:
    """Return figures in one line: `joins 12 000, missing 0`."""
    return ", ".join(f"{name} {_number(value)}" for name, value in figures.items())


def _number(value: Figure) -> str:
    if isinstance(value, int):
        return f"{value:,}".replace(",", " ")
    return f"{value:.3g}" if isinstance(value, float) else value
