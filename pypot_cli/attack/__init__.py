"""`pypot attack`: plays the operator against both draws on a real database, and counts.

Two parts. In bulk, thousands of rounds are drawn by the database's own functions while somebody
bends what can be bent. And each move is played on a few real pots by real calls, to see whether
the system lets it happen, and by what name it refuses.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection

from pypot_cli import db
from pypot_cli.attack import bulk, moves
from pypot_cli.attack.bulk import NAMES
from pypot_cli.attack.markdown import markdown
from pypot_cli.attack.report import Report
from pypot_cli.attack.screen import Screen
from pypot_cli.attack.statistics import require_scipy
from pypot_cli.db.throwaway import throwaway_cluster
from pypot_cli.errors import UnreadableInputError
from pypot_cli.interrupts import terminated_as_interrupted

__all__ = ["NAMES", "Report", "Screen", "markdown", "run", "throwaway_cluster"]


def run(draws: int, only: Collection[str], seed: str | None, screen: Screen) -> Report:
    """Play every attack, or those in `only`, on a fresh database of which nothing is left.

    `draws` is at least 100. The same `seed`, any text, plays the same rounds; without one it is
    made, and told in the report. Raises UnreadableInputError for an unknown name.
    """
    unknown = sorted(set(only) - set(NAMES))
    if unknown:
        raise UnreadableInputError(
            f"no such attack: {', '.join(unknown)}; there are {', '.join(NAMES)}"
        )
    require_scipy()
    names = set(only or NAMES)
    report = Report(seed=seed or secrets.token_hex(8))
    began = time.monotonic()
    with (
        terminated_as_interrupted(),
        throwaway_cluster("attack", screen.say) as (_, cluster),
    ):
        screen.say("playing the moves on real pots")
        moves.play(cluster, names, report)
        screen.say(f"drawing {draws} rounds of each attack")
        with (
            db.connect(cluster.url(), autocommit=True) as conn,
            screen.bar("rounds drawn", draws) as advance,
        ):
            bulk.play(conn, draws, names, report, advance)
    report.seconds = time.monotonic() - began
    return report
