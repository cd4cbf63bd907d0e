"""One pot watched by many: how late its events arrive, and whether joins notice the watchers."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pypot_cli import check, db
from pypot_cli.bench import stage
from pypot_cli.bench.figures import Goal, between, goals_table, quantile, ratios
from pypot_cli.bench.joins import HOT
from pypot_cli.bench.local_api import local_api
from pypot_cli.bench.meter import SETTINGS, Meter
from pypot_cli.bench.pgbench import WARM_SECONDS, Pgbench, Run
from pypot_cli.bench.sockets import Sockets, allow_files
from pypot_cli.db.connection import query
from pypot_cli.db.throwaway import throwaway_cluster
from pypot_cli.rpc import login_url

CLIENTS = 4
_BUSY_CLIENTS = 8


@dataclass(frozen=True)
class Size:
    """How much to measure. `joins` a second are offered while events are timed."""

    seconds: float = 4
    rounds: int = 2
    joins: int = 5
    players: int = 500
    sockets: tuple[int, ...] = (1, 100, 1000)
    warm: float = WARM_SECONDS


def run(size: Size, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure on a fresh server; return what was measured.

    `sockets` holds by their number: `latency`, `p50` and `p99` in ms from the join's own time,
    before its commit, to when a socket has the event; `delivered`, the share of events that came;
    at the offered rate `joins` a second and `join_p99` in ms, and as ratios to the same without
    sockets `offered` and, with 8 clients who join as fast as they can, `busy`; `cpu`, what a join
    of these takes of the server's processors, its stream of the WAL included, to the same without
    sockets. `broken` invariants.
    """
    with (
        throwaway_cluster("bench-fanout", say, SETTINGS) as (directory, cluster),
        db.connect(cluster.admin_url(), autocommit=True) as conn,
    ):
        users = [stage.numbered("player", number + 1) for number in range(size.players)]
        stage.add_players(cluster.admin_url(), cluster.url(), users)
        pot = stage.numbered("pot", 1)
        stage.open_pots(cluster.url(), [pot])
        stage.set_rules(cluster.url())
        conn.execute(query("bench/meter"))
        conn.execute("vacuum analyze")
        load = _Load(Pgbench(login_url(cluster.url()), directory), Meter(cluster, conn), size)
        rounds: dict[int, list[dict[str, Any]]] = {count: [] for count in size.sockets}
        allow_files(max(size.sockets))
        with local_api(cluster.url(), directory) as told:
            for number in range(size.rounds):
                for count in random.sample(size.sockets, len(size.sockets)):
                    say(f"round {number + 1} of {size.rounds}, {count} sockets")
                    alone = load.offered(), load.busy()
                    sockets = Sockets(told["url"], told["anon_key"], str(pot), count)
                    with sockets.watching():
                        offered = load.offered()
                        heard = sockets.heard(offered.count)
                        busy = load.busy()
                    rounds[count].append(
                        {"heard": heard, "alone": alone, "watched": (offered, busy)}
                    )
        say("checking every invariant")
        broken = [each.name for each in check.check_database(cluster.url()) if not each.holds]
    counts = {str(count): _told(count, rounds[count]) for count in size.sockets}
    goals = [
        Goal(f"joins as fast as they can, {count} sockets to none", told["busy"]["median"], 0.9)
        for count, told in counts.items()
    ] + [Goal(f"events to {count} sockets", told["delivered"], 1) for count, told in counts.items()]
    return {
        "offered": size.joins,
        "seconds": size.seconds,
        "rounds": size.rounds,
        "sockets": counts,
        "goals": [each.as_json() for each in goals],
        "broken": broken,
        "ok": not broken and all(told["delivered"] == 1 for told in counts.values()),
    }


def table(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    lines = [
        f"{report['offered']} joins a second offered for {report['seconds']:g} s, in"
        f" {report['rounds']} rounds",
        f"{'sockets':<10}{'event p50 ms':>13}{'p99 ms':>9}{'arrived':>9}{'joins/s':>9}"
        f"{'p99 ms':>9}{'to none':>9}{'busy':>8}{'to none':>9}{'CPU':>6}",
    ]
    for count, told in report["sockets"].items():
        lines.append(
            f"{count:<10}{told['latency']['p50']:13.1f}{told['latency']['p99']:9.1f}"
            f"{told['delivered']:9.2%}{told['joins']:9.1f}{told['join_p99']:9.1f}"
            f"{told['offered']['median']:9.2f}{told['busy_joins']:8.0f}"
            f"{told['busy']['median']:9.2f}{told['cpu']['median']:6.2f}"
        )
    lines += goals_table(report["goals"])
    broken = ", ".join(report["broken"])
    return "\n".join([*lines, f"broken: {broken}" if broken else "every invariant holds"])


class _Load:
    """Joins of one pot, at a rate that is offered or as fast as may be."""

    def __init__(self, pgbench: Pgbench, meter: Meter, size: Size) -> None:
        self._pgbench, self._meter, self._size = pgbench, meter, size
        self._script = HOT.script(pgbench.directory)

    def offered(self) -> Run:
        return self._run(CLIENTS, self._size.joins)

    def busy(self) -> Run:
        return self._run(_BUSY_CLIENTS, None)

    def _run(self, clients: int, rate: int | None) -> Run:
        variables = {"players": self._size.players, "keys": 1}
        return self._pgbench.measure(
            self._meter, self._script, clients, self._size.seconds, variables, self._size.warm, rate
        )


def _told(count: int, rounds: list[dict[str, Any]]) -> dict[str, Any]:
    heard = sorted(each for one in rounds for each in one["heard"])
    expected = count * sum(one["watched"][0].count for one in rounds)
    told: dict[str, Any] = {
        "latency": {"p50": quantile(heard, 0.5), "p99": quantile(heard, 0.99)},
        "delivered": len(heard) / expected,
        "joins": between(one["watched"][0].rate for one in rounds)["median"],
        "join_p99": between(one["watched"][0].p99 for one in rounds)["median"],
        "busy_joins": between(one["watched"][1].rate for one in rounds)["median"],
    }
    for place, name in enumerate(("offered", "busy")):
        told[name] = ratios(
            [one["watched"][place].rate for one in rounds],
            [one["alone"][place].rate for one in rounds],
        )
    told["cpu"] = ratios(
        [one["watched"][1].cpu for one in rounds], [one["alone"][1].cpu for one in rounds]
    )
    return told
