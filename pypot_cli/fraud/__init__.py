"""`pypot fraud`: labelled traffic through the real functions, and what the detection made of it.

A script is written by a seed alone (`usual`, `other`, `wild`, `foreign`), played by real calls
(`stage`, `play`), and what was recorded before each reveal is counted (`files`, `measures`,
`report`). What is true of an account stays in files outside of the database.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pypot_cli import check
from pypot_cli.attack.statistics import require_scipy
from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.fraud import files, foreign, other, usual, wild
from pypot_cli.fraud.play import Played, Player
from pypot_cli.fraud.report import Report
from pypot_cli.fraud.report import report as counted
from pypot_cli.fraud.script import Script
from pypot_cli.fraud.stage import open_stage
from pypot_cli.interrupts import terminated_as_interrupted

WORLDS: dict[str, tuple[Sequence[str], Callable[..., Script]]] = {
    "usual": (usual.NAMES, usual.write),
    "other": (other.NAMES, other.write),
    "wild": (wild.NAMES, wild.write),
    "foreign": (foreign.NAMES, foreign.write),
}
"""The strategies of each world, and what writes its scripts."""

_POTS_A_DAY = 100
_LONGEST_DAYS = 10.0


@dataclass(frozen=True)
class Wanted:
    """What to simulate. No `strategies` are all of the world's; `days` are by the pots if None."""

    players: int
    pots: int
    attackers: float
    world: str = "usual"
    strategies: Sequence[str] = ()
    seed: str | None = None
    days: float | None = None


class Voice(Protocol):
    """What is told how far it is."""

    def say(self, step: str) -> None:
        """Show a step as it begins."""

    def bar(self, what: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """Show how far something is."""


def write_script(wanted: Wanted) -> Script:
    """Return the script. Raises UnreadableInputError for an unknown strategy."""
    names, write = WORLDS[wanted.world]
    unknown = sorted(set(wanted.strategies) - set(names))
    if unknown:
        raise UnreadableInputError(
            f"no such strategy in world {wanted.world}: {', '.join(unknown)}; there are"
            f" {', '.join(names)}"
        )
    chosen = [name for name in names if not wanted.strategies or name in wanted.strategies]
    days = wanted.days or min(_LONGEST_DAYS, max(1.0, wanted.pots / _POTS_A_DAY))
    return write(
        wanted.seed or secrets.token_hex(8), wanted.players, wanted.pots, wanted.attackers, chosen,
        days,
    )  # fmt: skip


def simulate(wanted: Wanted, given: str | None, out: Path, voice: Voice) -> dict[str, Any]:
    """Play a script and write what came of it into `out`; return the summary that is there too.

    `given` is the URL of an unused database; None: a server of its own, of which nothing is left.
    `broken` in the summary names what should not be: invariants, and answers nobody expects.
    """
    began = time.monotonic()
    script = write_script(wanted)
    voice.say(
        f"world {script.world}, seed {script.seed}: {len(script.accounts)} players,"
        f" {len(script.pots)} pots, {len(script.wishes)} joins"
    )
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PypotError(f"cannot write into {out}: {error.strerror}") from None
    with terminated_as_interrupted(), open_stage(script, given, voice.say) as stage:
        voice.say("playing")
        with voice.bar("joins", len(script.wishes)) as advance:
            played = Player(stage, script).play(advance)
        voice.say("reading what was flagged, and checking every invariant")
        seen = files.observe(stage.url)
        outcomes = check.check_database(stage.url)
    files.write(out, script, played.refusals, seen)
    summary = _summary(script, played, seen, [each.name for each in outcomes if not each.holds])
    summary["seconds"] = round(time.monotonic() - began, 1)
    files.write_summary(out, summary)
    return summary


def report(directories: Sequence[Path], url: str | None) -> Report:
    """Count what simulations left, together; with `url` what that database says instead."""
    require_scipy()
    cases, pots = files.read(directories, url)
    return counted(cases, pots, [files.read_summary(each) for each in directories])


def _summary(
    script: Script, played: Played, seen: files.Observed, broken: Sequence[str]
) -> dict[str, Any]:
    refused: dict[str, int] = {}
    for refusal in played.refusals:
        refused[refusal.token] = refused.get(refusal.token, 0) + 1
    return {
        "world": script.world,
        "seed": script.seed,
        "players": len(script.accounts),
        "attackers": sum(not each.is_honest for each in script.accounts),
        "rings": len({each.ring for each in script.accounts if not each.is_honest}),
        "pots": len(script.pots),
        "drawn": len(seen.pots),
        "joins": played.joins,
        "taken_back": played.taken_back,
        "refused": refused,
        "flags": len(seen.flags),
        "broken": [*broken, *sorted(set(played.unexpected))],
    }
