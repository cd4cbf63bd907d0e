"""What the demo found: its checks, its pots, and how fast the players played."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Check:
    """One thing that had to hold, and what was seen."""

    name: str
    holds: bool
    seen: str


@dataclass(frozen=True)
class PotLine:
    """A pot at the end: `fill_seconds` from its first join to its lock, `proof` as verified."""

    pot_id: str
    scene: str
    status: str
    tickets: int
    players: int
    winner: str | None
    winning_ticket: int | None
    prize: int | None
    fill_seconds: float | None
    proof: str | None


@dataclass
class Report:
    """Everything the closing screen shows; `stopped` is why the demo ended early."""

    checks: list[Check] = field(default_factory=list)
    pots: list[PotLine] = field(default_factory=list)
    players: int = 0
    joins: int = 0
    play_seconds: float = 0.0
    joins_per_second: float = 0.0
    join_ms_p50: float = 0.0
    join_ms_p99: float = 0.0
    taken_back: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    proof_dir: str | None = None
    stopped: str | None = None

    def check(self, name: str, holds: bool, seen: object = "") -> None:
        """Note whether something held."""
        self.checks.append(Check(name, holds, str(seen)))

    @property
    def broken(self) -> list[Check]:
        """The checks that did not hold."""
        return [check for check in self.checks if not check.holds]

    @property
    def ok(self) -> bool:
        """Whether the demo ran to its end and every check held."""
        return self.stopped is None and bool(self.checks) and not self.broken

    def as_json(self) -> dict[str, Any]:
        """Return what `pypot demo --json` prints."""
        return {"ok": self.ok, **asdict(self)}
