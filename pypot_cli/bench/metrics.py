"""Every metric's query over millions of entries, and how fast events are taken into the metrics.

The rows are made, on a fresh database of which nothing is left; counters over them are made by the
database's own `rebuild_metrics`, and asked by the public functions as compliance does.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg

from pypot_cli import db
from pypot_cli.db.connection import query
from pypot_cli.db.throwaway import throwaway_cluster
from pypot_cli.rpc import Api, Caller, login_url

TARGET_SECONDS = 0.2
"""What the median of no query may exceed."""

_COMPLIANCE = Caller("pot_compliance", uuid4())
_TICKETS = 20  # of each pot, each an entry
_BATCH = 25_000
_EVENTS = 50_000
_REPEATS = 20
_FIRST = datetime(2030, 1, 1, tzinfo=UTC)
_METRICS = ("fill_time", "settle_time", "churn", "aborts", "payouts", "joins", "refusals", "flags")
_RANGES = {
    "a month by the hour": (timedelta(days=30), "hour"),
    "a month by the day": (timedelta(days=30), "day"),
    "a day by five minutes": (timedelta(days=1), "five_minutes"),
}


def run(entries: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure over `entries` entries; return seconds, and whether the counters are right.

    `queries` holds `median` and `worst` of each metric and range; `direct`, what counting joins
    from the entries took; `events_per_second`, how fast they were rolled up; `right`, whether the
    joins counted are the entries there are; `ok`, that and every median under TARGET_SECONDS.
    """
    pots = max(1, entries // _TICKETS)
    with throwaway_cluster("bench", say) as (_, cluster):
        with db.connect(cluster.admin_url(), autocommit=True) as conn:
            say(f"making {pots * _TICKETS} entries of {pots} pots")
            _make(conn, pots)
            say("counting them by rebuild_metrics")
            began = time.monotonic()
            conn.execute("select private.rebuild_metrics()")
            rebuilt = time.monotonic() - began
            conn.execute("vacuum analyze private.metric_counts")
            counters = _value(conn, "select count(*) from private.metric_counts")
        with Api(login_url(cluster.url())) as api:
            say(f"asking each metric {_REPEATS} times")
            queries = {
                f"{metric}, {name}": _ask(api, f"metric_{metric}", length, bucket)
                for name, (length, bucket) in _RANGES.items()
                for metric in _METRICS
            }
            queries["snapshot"] = _timed(lambda: api.rows(Caller("pot_events"), "metric_snapshot"))
            counted = sum(
                row["joins"]
                for row in api.rows(
                    _COMPLIANCE,
                    "metric_joins",
                    bucket="day",
                    **{"from": _text(_FIRST), "to": _text(_FIRST + timedelta(days=31))},
                )
            )
            with db.connect(cluster.admin_url(), autocommit=True) as conn:
                say("counting joins from the entries, for comparison")
                began = time.monotonic()
                conn.execute(query("bench/metrics_direct")).fetchall()
                direct = time.monotonic() - began
                events = min(_EVENTS, entries)
                conn.execute(query("bench/metrics_events"), {"events": events})
            say(f"rolling {events} events up")
            rate = events / _roll_up(api)
    right = counted == pots * _TICKETS
    return {
        "entries": pots * _TICKETS,
        "pots": pots,
        "counters": counters,
        "rebuild": rebuilt,
        "queries": queries,
        "direct": direct,
        "events_per_second": rate,
        "right": right,
        "ok": right and all(each["median"] < TARGET_SECONDS for each in queries.values()),
    }


def table(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    lines = [
        f"{report['entries']} entries of {report['pots']} pots, {report['counters']} counters, made"
        f" in {report['rebuild']:.1f} s",
        f"{'milliseconds':<40}{'median':>9}{'worst':>9}",
    ]
    for name, each in report["queries"].items():
        lines.append(f"{name:<40}{each['median'] * 1e3:9.1f}{each['worst'] * 1e3:9.1f}")
    lines.append(f"{'joins an hour from the entries':<40}{report['direct'] * 1e3:9.1f}")
    lines.append(f"{report['events_per_second']:.0f} events a second are rolled up")
    if not report["right"]:
        lines.append("WRONG: the joins counted are not the entries there are")
    return "\n".join(lines)


def _make(conn: psycopg.Connection[Any], pots: int) -> None:
    conn.execute("set synchronous_commit = off")
    conn.execute("set work_mem = '256MB'")
    conn.execute(query("bench/metrics_unguard"))
    conn.execute(query("bench/metrics_pots"), {"pots": pots})
    conn.execute("analyze public.pots")
    for first in range(0, pots, _BATCH):
        last = min(first + _BATCH, pots) - 1
        conn.execute(query("bench/metrics_entries"), {"first": first, "last": last})
    conn.execute(query("bench/metrics_flags"), {"pots": pots})
    conn.execute("analyze")


def _ask(api: Api, function: str, length: timedelta, bucket: str) -> dict[str, float]:
    asked = {"from": _text(_FIRST), "to": _text(_FIRST + length), "bucket": bucket}
    return _timed(lambda: api.rows(_COMPLIANCE, function, **asked))


def _timed(ask: Callable[[], Any]) -> dict[str, float]:
    took = []
    for _ in range(_REPEATS):
        began = time.monotonic()
        ask()
        took.append(time.monotonic() - began)
    return {"median": statistics.median(took), "worst": max(took)}


def _roll_up(api: Api) -> float:
    began = time.monotonic()
    while api.call(Caller("pot_orchestrator"), "roll_up_metrics")["more"]:
        pass
    return time.monotonic() - began


def _value(conn: psycopg.Connection[Any], statement: str) -> Any:
    row = conn.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


def _text(moment: datetime) -> str:
    return moment.isoformat()
