"""What guard rails cost a join: the same calls with none, with all of them, and with own limits.

The three are interleaved, one join of each in turn and in random order, so that whatever else the
machine does falls on all of them alike.
"""

from __future__ import annotations

import contextlib
import random
import secrets
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from pypot_cli import check
from pypot_cli.bench import stage
from pypot_cli.bench.stage import MOST
from pypot_cli.db.connection import query
from pypot_cli.db.request import api_request
from pypot_cli.db.throwaway import throwaway_cluster
from pypot_cli.rpc import Api, Caller, login_url, player, returned

VARIANTS = ("without", "rails", "rails and own limits")
"""No limit is set; every rule is; every rule is, and the player's own three besides."""

_PLAYERS = 20
_ROUND = 25
_TERMS = {"entry_cost": 1, "max_tickets": MOST, "max_per_user": MOST, "fill_seconds": 86_400}


def run(joins: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Join `joins` times in each variant on a fresh database; return what was measured.

    `latency` holds by variant `median`, `p95` and `worst` in milliseconds; `ratio` holds, of the
    two with limits, how many times as long as without: `median` over rounds of 25 joins each, and
    the quarters `low` and `high` between which half of the rounds are. `broken` names the
    invariants that do not hold.
    """
    with throwaway_cluster("bench-guards", say) as (_, cluster):
        url = cluster.url("postgres")
        pots = _prepare(url)
        people = {variant: _people(cluster.admin_url(), url, variant) for variant in VARIANTS}
        say(f"{joins} joins in each of {len(VARIANTS)} variants, interleaved")
        took = _measure(url, pots, people, joins)
        broken = [each.name for each in check.check_database(url) if not each.holds]
    return {
        "joins": joins,
        "latency": {variant: _spread(took[variant]) for variant in VARIANTS},
        "ratio": {v: _ratio(took[v], took[VARIANTS[0]]) for v in VARIANTS[1:]},
        "broken": broken,
        "ok": not broken,
    }


def table(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    lines = [
        f"{report['joins']} joins each, interleaved",
        f"{'milliseconds':<24}{'median':>9}{'p95':>9}{'worst':>9}{'ratio':>9}   half of the rounds",
    ]
    for variant, latency in report["latency"].items():
        numbers = "".join(f"{latency[each]:9.2f}" for each in ("median", "p95", "worst"))
        ratio = report["ratio"].get(variant)
        told = (
            f"{ratio['median']:9.2f}   {ratio['low']:.2f} to {ratio['high']:.2f}" if ratio else ""
        )
        lines.append(f"{variant:<24}{numbers}{told}")
    broken = ", ".join(report["broken"])
    return "\n".join([*lines, f"broken: {broken}" if broken else "every invariant holds"])


def _prepare(url: str) -> dict[str, str]:
    """Open a pot of no template and one of a template with every rule; return them by variant."""
    free, limited = uuid4(), uuid4()
    stage.open_pots(url, [free])
    settlement, orchestrator = Caller("pot_settlement"), Caller("pot_orchestrator")
    with Api(login_url(url)) as api:
        pair = {"pot_id": str(limited), "commit_hash": secrets.token_hex(32)}
        api.call(settlement, "add_commitments", commitments=[pair])
        api.call(orchestrator, "upsert_pot_template", name="limited", open_pots=1, **_TERMS)
        api.call(orchestrator, "rotate_pots")
    stage.set_rules(url, "template", "limited", stage.RULES)
    return {variant: str(free if variant == VARIANTS[0] else limited) for variant in VARIANTS}


def _people(admin_url: str, url: str, variant: str) -> list[UUID]:
    """Return new players with credits, and with limits of their own where the variant says so."""
    users = [uuid4() for _ in range(_PLAYERS)]
    stage.add_players(admin_url, url, users)
    if variant == VARIANTS[2]:
        with Api(login_url(url)) as api:
            for user in users:
                api.call(player(user), "set_play_limits", day=MOST, week=MOST, month=MOST)
    return users


def _measure(
    url: str, pots: dict[str, str], people: dict[str, list[UUID]], joins: int
) -> dict[str, list[float]]:
    """Return milliseconds of each join by variant, in order."""
    took: dict[str, list[float]] = {variant: [] for variant in VARIANTS}
    shuffle = random.Random(1).shuffle
    with contextlib.closing(
        psycopg.connect(login_url(url), autocommit=True, application_name="pypot")
    ) as conn:
        # The first calls of a connection compile every function.
        for number in range(-_ROUND, joins):
            order = list(VARIANTS)
            shuffle(order)
            for variant in order:
                seconds = _join(conn, people[variant][number % _PLAYERS], pots[variant])
                if number >= 0:
                    took[variant].append(1000 * seconds)
    return took


def _join(conn: psycopg.Connection[Any], user: UUID, pot_id: str) -> float:
    """Return the seconds that one join takes, from the request's begin to its commit."""
    caller = player(user)
    headers = {
        "cf-connecting-ip": f"2001:db8:{user.hex[:4]}:{user.hex[4:8]}::1",
        "cf-ipcountry": "DE",
        "x-device-id": str(user),
    }
    statement = sql.SQL(query("rpc_call").decode()).format(
        function=sql.Identifier("join_pot"),
        arguments=sql.SQL("pot_id => {}, ticket_count => {}").format(
            sql.Placeholder(), sql.Placeholder()
        ),
    )
    began = time.perf_counter()
    with api_request(conn, caller.role, caller.all_claims(), headers=headers) as request:
        row = request.execute(statement, [pot_id, "1"]).fetchone()
    seconds = time.perf_counter() - began
    assert row is not None
    if refused := returned(row[0]):
        raise refused
    return seconds


def _spread(milliseconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(milliseconds)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return {"median": statistics.median(ordered), "p95": p95, "worst": ordered[-1]}


def _ratio(some: Sequence[float], none: Sequence[float]) -> dict[str, float]:
    rounds = [
        statistics.median(some[start : start + _ROUND])
        / statistics.median(none[start : start + _ROUND])
        for start in range(0, len(none), _ROUND)
    ]
    low, median, high = (
        statistics.quantiles(rounds, n=4) if len(rounds) > 1 else (rounds[0], rounds[0], rounds[0])
    )
    return {"median": median, "low": low, "high": high}
