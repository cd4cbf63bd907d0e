"""What is said about a proof: check after check, and never more than was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

UNBOUND: Mapping[str, str] = {
    "winning_entry.entry_id": "a name for the entry; its entrant_tag is what the root binds",
    "payout.held": (
        "whether the payout waited for a review, and whom a returned one left out, is the"
        " operator's word"
    ),
    "audit": "points at a row of the public audit chain; compare it with that chain",
    "settled_at": "is the operator's word, checked only not to be before what it follows",
}
"""Fields that nothing in a proof can confirm, by the name used in reports, and why."""

UNBOUND_2: Mapping[str, str] = {
    "witness.checkpoint": "signatures under it by keys that you did not name are passed over",
}
"""What draw 2 adds to them."""

DRAW_1_LIMIT = (
    "draw 1 shows that the seed was fixed before the first entry; it cannot show that nobody who"
    " knew the seed bought the last tickets"
)
UNWITNESSED_LIMIT = (
    "draw 2 has no last look if lock and reveal came before the beacon's round, and when they came"
    " is here the operator's word: unwitnessed"
)
WITNESSED_LIMIT = (
    "the witness saw this lock and this reveal in time; that its log holds no second lock of the"
    " same pot shows only to who reads that log whole: pypot audit verify"
)

Outcome = Literal["ok", "failed", "skipped", "not pinned", "unwitnessed"]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `detail` says with which values, or what is wrong."""

    name: str
    outcome: Outcome
    detail: str


def holds(name: str, held: bool, detail: str) -> Check:
    """Return the check of a condition."""
    return Check(name, "ok" if held else "failed", detail)


def equal(
    name: str, formula: str, computed: object, stated: object, where: str = "the proof"
) -> Check:
    """Return the check of a value that was computed by `formula` against the one stated `where`."""
    if computed == stated and type(computed) is type(stated):
        return Check(name, "ok", f"{formula} = {computed}")
    return Check(name, "failed", f"{formula} = {computed}, but {where} says {stated}")


@dataclass(frozen=True)
class Verdict:
    """The outcome of every check, in the order they were made; `draw_version` None if unknown.

    `confirmed` names those of UNBOUND that were compared with something outside the proof;
    `unknown` are sentences about what came with it and cannot be known.
    """

    pot_id: str | None
    checks: tuple[Check, ...]
    draw_version: int | None = None
    confirmed: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not hold."""
        return tuple(check for check in self.checks if check.outcome == "failed")

    @property
    def valid(self) -> bool:
        """Whether every check was made and held.

        A key that was not pinned and a missing witness do not count against it.
        """
        return all(check.outcome in ("ok", "not pinned", "unwitnessed") for check in self.checks)

    @property
    def witnessed(self) -> bool | None:
        """Whether a witness that the caller named saw lock and reveal before the beacon's round.

        None with draw 1, which has no such moment. Never true of a proof that is not valid.
        """
        if self.draw_version != 2:
            return None
        return self.valid and any(
            check.name == "witness" and check.outcome == "ok" for check in self.checks
        )

    @property
    def summary(self) -> str:
        """One sentence that claims no more than was checked."""
        if not self.valid:
            names = ", ".join(check.name for check in self.failed)
            return f"not valid: {names}"
        loose = [check.name for check in self.checks if check.outcome == "not pinned"]
        if not loose:
            said = "valid, signed by the keys you trust"
        elif len(loose) == 2:
            said = "valid, keys taken from the proof itself (not pinned)"
        else:
            said = f"valid, {loose[0]} taken from the proof itself (not pinned)"
        if self.witnessed is None:
            return said
        return f"{said}; {'witnessed' if self.witnessed else 'unwitnessed'}"

    @property
    def not_proven(self) -> list[str]:
        """What no proof of this kind can show, as sentences."""
        said = [f"{name}: {why}" for name, why in UNBOUND.items() if name not in self.confirmed]
        if self.draw_version == 1:
            said.append(DRAW_1_LIMIT)
        elif self.draw_version == 2:
            said += [f"{name}: {why}" for name, why in UNBOUND_2.items()]
            said.append(WITNESSED_LIMIT if self.witnessed else UNWITNESSED_LIMIT)
        return said + list(self.unknown)

    def as_json(self) -> dict[str, Any]:
        """Return what `pypot verify --json` prints."""
        return {
            "valid": self.valid,
            "pot_id": self.pot_id,
            "draw_version": self.draw_version,
            "witnessed": self.witnessed,
            "summary": self.summary,
            "checks": [
                {"name": check.name, "outcome": check.outcome, "detail": check.detail}
                for check in self.checks
            ],
            "not_proven": self.not_proven,
        }
