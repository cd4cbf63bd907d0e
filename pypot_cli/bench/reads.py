"""What readers wait for when there is much: the lobby's pages, a large pot, checks, the audit log.

Calls are timed on an open connection of the caller's role, each many times, since a function's
plans change after some calls; pots and entries are made in bulk (pypot_cli.bench.bulk).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg

from pypot_cli import check, db
from pypot_cli.audit_log import verify
from pypot_cli.bench import bulk
from pypot_cli.bench.figures import Goal, goals_table
from pypot_cli.db.request import api_request
from pypot_cli.db.throwaway import throwaway_cluster
from pypot_cli.rpc import Api, login_url

PAGE = 20
"""Pots of a page of the lobby."""

PAGE_SECONDS = 0.002
"""What a page of the lobby may take."""

_BATCH = 50_000
_REPEATS = 60
_PLAYERS = 100_000


def run(pots: int, entries: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Read from a fresh server with so many pots, and one pot of so many entries.

    `reads` holds by name `median` and `worst` in seconds; `check` and `audit` (`whole` and
    `added`, after one in a hundred pots more) `rows`, `seconds` and `rate`; `broken` names
    invariants that do not hold; `ok` says that all do and that the log verifies.
    """
    with (
        throwaway_cluster("bench-reads", say) as (_, cluster),
        db.connect(cluster.admin_url(), autocommit=True) as conn,
    ):
        url = cluster.url()
        bulk.prepare(conn)
        say(f"making a locked pot of {entries} entries")
        with Api(login_url(url)) as api:
            large = bulk.locked_pot(conn, api, entries, min(entries, _PLAYERS))
        for first in range(0, pots, _BATCH):
            say(f"opening pots {first} to {min(first + _BATCH, pots) - 1} of {pots}")
            bulk.open_pots(conn, first, min(first + _BATCH, pots) - 1)
        conn.execute("select private.sequence_log()")
        conn.execute("vacuum analyze")
        say(f"reading each page and pot {_REPEATS} times")
        with psycopg.connect(login_url(url), autocommit=True) as login:
            reads = _reads(login, pots, entries, large)
        # What comes takes far longer, and may be left.
        say("\n".join(_lines_of(reads)))
        say("checking every invariant")
        began = time.perf_counter()
        outcomes = check.check_database(url)
        checked = _rate(sum(each.rows for each in outcomes), time.perf_counter() - began)
        say("verifying the audit log")
        whole = verify.verify(url, [], None, [], lambda _done, _all: None)
        more = max(1, pots // 100)
        bulk.open_pots(conn, pots, pots + more - 1)
        conn.execute("select private.sequence_log()")
        added = verify.verify(url, [], whole.state, [], lambda _done, _all: None)
    broken = [each.name for each in outcomes if not each.holds]
    deep = [each for name, each in reads.items() if name.startswith("list_pots")]
    goals = [
        Goal(
            "slowest page of list_pots, milliseconds",
            1000 * max(each["median"] for each in deep), 1000 * PAGE_SECONDS, "at most",
        ),
        Goal(
            "deepest page, times the first",
            reads[_deepest(pots)]["median"] / reads["list_pots, page 1"]["median"], 2, "at most",
        ),
    ]  # fmt: skip
    return {
        "pots": pots,
        "entries": entries,
        "reads": reads,
        "check": checked,
        "audit": {
            name: _rate(each.size - each.start, each.seconds)
            for name, each in (("whole", whole), ("added", added))
        },
        "goals": [each.as_json() for each in goals],
        "broken": broken,
        "ok": whole.sound and added.sound and not broken,
    }


def table(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    lines = [
        f"{report['pots']:,} pots, one of {report['entries']:,} entries",
        *_lines_of(report["reads"]),
    ]
    rates = {"pypot check": report["check"]}
    rates |= {f"pypot audit verify, {name}": each for name, each in report["audit"].items()}
    lines.append(f"{'':<44}{'rows':>12}{'seconds':>9}{'rows/s':>10}")
    for name, each in rates.items():
        lines.append(f"{name:<44}{each['rows']:12,}{each['seconds']:9.2f}{each['rate']:10,.0f}")
    lines += goals_table(report["goals"])
    broken = ", ".join(report["broken"])
    return "\n".join([*lines, f"broken: {broken}" if broken else "every invariant holds"])


def _lines_of(reads: dict[str, dict[str, float]]) -> list[str]:
    return [
        f"{'milliseconds':<44}{'median':>9}{'worst':>9}",
        *(
            f"{name:<44}{1000 * each['median']:9.2f}{1000 * each['worst']:9.2f}"
            for name, each in reads.items()
        ),
    ]


def _deepest(pots: int) -> str:
    return f"list_pots, page {pots // PAGE:,}"


def _reads(
    login: psycopg.Connection[Any], pots: int, entries: int, large: UUID
) -> dict[str, dict[str, float]]:
    """Return how long each call takes an anonymous visitor, by what it is."""
    pages = sorted({1, 10, max(1, pots // PAGE // 20), pots // PAGE})
    reads: dict[str, tuple[str, dict[str, Any], int]] = {}
    for status in (None, "open"):
        for page in pages:
            # The newest pot has the highest number; a page begins after the last of the one before.
            after = None if page == 1 else bulk.pot_id(pots - PAGE * (page - 1))
            name = f"list_pots, page {page:,}" + (f", {status}" if status else "")
            reads[name] = "list_pots", {"status": status, "after": after}, PAGE
    reads["list_pots, locked"] = "list_pots", {"status": "locked"}, 1
    reads["list_pots, of 10 credits and more"] = "list_pots", {"min_value": 10}, 1
    reads["get_pot, of the large pot"] = "get_pot", {"pot_id": large}, 1
    size = min(1000, entries // 3)
    for name, ticket in (
        ("first", None),
        ("middle", entries),
        ("last", bulk.tickets(entries - size) - 1),
    ):
        reads[f"list_lock_entries, {name} {size}"] = (
            "list_lock_entries",
            {"pot_id": large, "after_ticket": ticket, "page_size": size},
            size,
        )
    return {name: _timed(login, *each) for name, each in reads.items()}


def _timed(
    login: psycopg.Connection[Any], function: str, arguments: dict[str, Any], least: int
) -> dict[str, float]:
    """Time a call; it must answer with `least` rows, a page of the lobby with exactly as many."""
    given = {name: value for name, value in arguments.items() if value is not None}
    named = ", ".join(f"{name} => %({name})s" for name in given)
    statement = f"select * from public.{function}({named})".encode()
    took = []
    for _ in range(_REPEATS):
        with api_request(login, "anon", method="GET") as request:
            began = time.perf_counter()
            found = request.execute(statement, given).fetchall()
            took.append(time.perf_counter() - began)
        assert len(found) == least, (function, given, len(found))
    return {"median": statistics.median(took), "worst": max(took)}


def _rate(rows: int, seconds: float) -> dict[str, float]:
    return {"rows": rows, "seconds": seconds, "rate": rows / seconds}
