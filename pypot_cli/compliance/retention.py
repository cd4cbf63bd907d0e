"""Forgets what has expired, in the pieces that the database hands out."""

from __future__ import annotations

from pypot_cli.compliance.desk import Desk

ROWS = 1000
"""Rows a call: a transaction of less than a second."""


def purge(desk: Desk) -> dict[str, int]:
    """Forget until nothing is due; return how many keys, entries and flags there were.

    When another call is at it, the rest is left to that one.
    """
    total = {"keys": 0, "network": 0, "evidence": 0}
    more = True
    while more:
        answer = desk.call("purge_expired", limit_rows=ROWS)
        if answer is None:
            break
        for what in total:
            total[what] += answer[what]
        more = answer["more"]
    return total
