"""Joins a second through the public function, beside what else a PostgreSQL does in a second.

Each join is a request as PostgREST makes one: its statements, role, claims and headers, with every
guard rail set. Competitors run on the same server in turns, in random order within each round, so
that whatever else the machine does falls on all alike.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from pypot_cli import check, db
from pypot_cli.bench import stage
from pypot_cli.bench.figures import Goal, between, goals_table, ratios
from pypot_cli.bench.meter import SETTINGS, Meter
from pypot_cli.bench.pgbench import WARM_SECONDS, Pgbench, Run
from pypot_cli.db.connection import QUERIES, query
from pypot_cli.db.throwaway import throwaway_cluster
from pypot_cli.rpc import login_url

SPREAD = 100
"""Pots that spread joins are spread over."""

POTS = SPREAD + 2
"""With the hot one of single joins and that of batches."""

BATCHED = 100
"""Joins of one call of join_pots."""

SMALL = 200
"""Tickets of each pot that is sold out, one after another."""

TPC_B = "TPC-B-like"
_HOT, _SPREAD = r"\set pot 1", r"\set pot random(3, :pots)"
# A hot pot of their own, or batches would sell out the stripes that single joins look into, and
# each player would have a hundred times the entries there.
_HOT_OF_BATCHES = r"\set pot 2"
# Each client takes its share of a pot's tickets and goes on to the next: nobody meets a full one.
_IN_TURN = r"\set pot :pots + 1 + (:n * :clients + :client_id) / :small" + "\n" + r"\set n :n + 1"


@dataclass(frozen=True)
class Size:
    """How much to measure: `rounds` of `seconds` in each lane at each number of `clients`."""

    seconds: float = 3
    rounds: int = 3
    players: int = 5000
    scale: int = 32
    """Of TPC-B: at least the most clients, or these wait for each other's branches."""
    keys: bool = True
    """Whether joins have idempotency keys, as the lobby's do."""
    clients: tuple[int, ...] = (1, 8, 32)
    warm: float = WARM_SECONDS
    """Before each run, seconds in which its new connections compile what they call."""


@dataclass(frozen=True)
class Lane:
    """One competitor under one load. `body` names its SQL, None pgbench's own TPC-B.

    `request` names what PostgREST says before it; without one it is no request. A transaction makes
    so many `joins`.
    """

    name: str
    body: str | None
    pick: str = ""
    request: str = ""
    joins: int = 0

    def script(self, directory: Path) -> str | Path:
        """Return the script for pgbench, written into a directory."""
        if self.body is None:
            return "tpcb-like"
        parts = [self.pick, r"\set player random(1, :players)"]
        if self.request:
            parts.append(query(f"bench/joins/{self.request}").decode())
        parts.append((QUERIES / "bench" / "joins" / f"{self.body}.sql").read_text(encoding="utf-8"))
        file = directory / f"{self.name.replace(' ', '-').replace(',', '')}.sql"
        file.write_text("\n".join(parts), encoding="utf-8")
        return file


HOT = Lane("join, hot", "public", _HOT, "request", 1)
OURS = Lane("join, spread", "public", _SPREAD, "request", 1)
BATCH = Lane(f"batch of {BATCHED}, hot", "batch", _HOT_OF_BATCHES, "server_request", BATCHED)
LANES = (
    HOT,
    OURS,
    BATCH,
    Lane(f"batch of {BATCHED}, spread", "batch", _SPREAD, "server_request", BATCHED),
    Lane("naive, hot", "naive", _HOT, "request"),
    Lane("naive, spread", "naive", _SPREAD, "request"),
    Lane("pgledger-like, hot", "pgledger", _HOT),
    Lane("pgledger-like, spread", "pgledger", _SPREAD),
    Lane(TPC_B, None),
    Lane("empty commit", "empty"),
)
"""All joins into one pot of their kind, or spread over SPREAD of them."""

SOLD_OUT = Lane("join, pots sold out", "public", _IN_TURN, "request", 1)
"""Pots of `small` tickets from number `pots` + 2 on, one after another, each to its last ticket."""


def run(size: Size, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure every lane on a fresh server of which nothing is left; return what was measured.

    `lanes` holds by number of clients and lane `rate`, `p50`, `p99`, `cpu` and `records` (see Run),
    each with `median`, `low` and `high` over the rounds, and `to` TPC-B-like and the naive join the
    ratios of rates. `sold_out` is a run over small pots each sold to the last ticket;
    `images`, bytes of full-page images a join right after a checkpoint. `joins` were made and
    `entries` are there; `broken` names invariants that do not hold;
    `ok` says that both are as they should.
    """
    with (
        throwaway_cluster("bench-joins", say, SETTINGS) as (directory, cluster),
        db.connect(cluster.admin_url(), autocommit=True) as conn,
    ):
        login, url = login_url(cluster.url()), cluster.url()
        meter = Meter(cluster, conn)
        _prepare(cluster, conn, size, directory, say)
        games, rest = Pgbench(login, directory), Pgbench(url, directory)
        load = _Load(meter, directory, size)
        say("after a checkpoint")
        conn.execute("checkpoint")
        since = meter.now()
        first = load.run(games, HOT, max(size.clients))
        images = meter.used(since, meter.now()).images / first.count
        conn.execute(query("bench/joins/warm_accounts"))
        runs: dict[tuple[int, str], list[Run]] = {}
        for number in range(size.rounds):
            for clients in size.clients:
                say(f"round {number + 1} of {size.rounds}, {clients} clients")
                for lane in random.sample(LANES, len(LANES)):
                    pgbench = games if lane.request else rest
                    run = load.run(pgbench, lane, clients)
                    runs.setdefault((clients, lane.name), []).append(run)
        say(f"pots of {SMALL} tickets, sold out one after another")
        sold_out = load.run(games, SOLD_OUT, max(size.clients))
        row = conn.execute("select count(*) from public.pot_entries").fetchone()
        assert row is not None
        say("checking every invariant")
        broken = [each.name for each in check.check_database(url) if not each.holds]
    return {
        **{name: value for name, value in asdict(size).items() if name not in {"clients", "warm"}},
        "lanes": {str(clients): _lanes(runs, clients) for clients in size.clients},
        "sold_out": asdict(sold_out),
        "images": images,
        "goals": [each.as_json() for each in _goals(runs, size.clients)],
        "joins": load.joins,
        "entries": row[0],
        "broken": broken,
        "ok": load.joins == row[0] and not broken,
    }


def table(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    lines = [
        f"{report['rounds']} rounds of {report['seconds']:g} s a lane; medians, and least and most"
        f" of the rounds' rates; {'with' if report['keys'] else 'without'} idempotency keys",
    ]
    for clients, lanes in report["lanes"].items():
        lines.append(
            f"{f'{clients} clients':<24}{'a second':>9}{'':>16}{'p50 ms':>8}{'p99 ms':>9}{'WAL':>7}"
            f"{'CPU ms':>8}{'x TPC-B':>9}{'x naive':>9}"
        )
        for name, each in lanes.items():
            rate = each["rate"]
            to_naive = f"{each['to_naive']['median']:9.2f}" if "to_naive" in each else ""
            lines.append(
                f"  {name:<22}{rate['median']:9.0f}{rate['low']:8.0f}{rate['high']:8.0f}"
                f"{each['p50']['median']:8.2f}{each['p99']['median']:9.2f}"
                f"{each['records']['median']:7.0f}{each['cpu']['median']:8.3f}"
                f"{each['to_tpc_b']['median']:9.2f}{to_naive}"
            )
    out = report["sold_out"]
    lines += [
        f"pots of {SMALL} sold out: {out['rate']:.0f} joins a second, p50 {out['p50']:.2f} ms, p99"
        f" {out['p99']:.2f} ms",
        f"full-page images right after a checkpoint: {report['images']:.0f} bytes a join more",
        *goals_table(report["goals"]),
        f"{report['joins']} joins, {report['entries']} entries",
    ]
    broken = ", ".join(report["broken"])
    return "\n".join([*lines, f"broken: {broken}" if broken else "every invariant holds"])


class _Load:
    """Runs lanes, and counts joins."""

    def __init__(self, meter: Meter, directory: Path, size: Size) -> None:
        self.joins = 0
        self._meter, self._directory, self._size = meter, directory, size

    def run(self, pgbench: Pgbench, lane: Lane, clients: int) -> Run:
        variables = {
            "players": self._size.players, "pots": POTS, "keys": int(self._size.keys),
            "clients": clients, "small": SMALL, "n": 0, "scale": self._size.scale, "batch": BATCHED,
        }  # fmt: skip
        script = lane.script(self._directory)
        # Where a call takes as long as many joins, a connection makes few of them in a moment.
        warm = self._size.warm * (3 if lane.joins > 1 else 1)
        run = pgbench.measure(self._meter, script, clients, self._size.seconds, variables, warm)
        if lane.joins > 1:
            # Told by the join; latency stays that of the call.
            run = replace(
                run, rate=run.rate * lane.joins, cpu=run.cpu / lane.joins,
                records=run.records / lane.joins, images=run.images / lane.joins,
                count=run.count * lane.joins,
            )  # fmt: skip
        if lane.joins:
            self.joins += run.count
        return run


def _prepare(
    cluster: db.Cluster, conn: psycopg.Connection[Any], size: Size, directory: Path,
    say: Callable[[str], None],
) -> None:  # fmt: skip
    url = cluster.url()
    say(f"{size.players} players get credits, {POTS} pots open, every guard rail is set")
    players = [stage.numbered("player", number + 1) for number in range(size.players)]
    stage.add_players(cluster.admin_url(), url, players)
    pots = [stage.numbered("pot", number + 1) for number in range(POTS)]
    stage.open_pots(url, pots)
    # Of the pots that are sold out enough for whatever could be sold meanwhile.
    spare = int((size.seconds + 4) * 5000 / SMALL) + 1
    small = [stage.numbered("pot", POTS + 1 + number) for number in range(spare)]
    stage.open_pots(url, small, max_tickets=SMALL)
    stage.set_rules(url)
    say("making the tables of the competitors")
    conn.execute(query("bench/meter"))
    conn.execute(query("bench/joins/competitors"))
    conn.execute(query("bench/joins/competitors_filled"), {"pots": POTS, "players": size.players})
    Pgbench(url, directory).initialize(size.scale)
    conn.execute("vacuum analyze")


def _lanes(runs: Mapping[tuple[int, str], list[Run]], clients: int) -> dict[str, Any]:
    def rates(name: str) -> list[float]:
        return [run.rate for run in runs[clients, name]]

    told = {}
    for lane in LANES:
        of_lane = runs[clients, lane.name]
        told[lane.name] = {
            figure: between(getattr(run, figure) for run in of_lane)
            for figure in ("rate", "p50", "p99", "cpu", "records", "images")
        }
        told[lane.name]["to_tpc_b"] = ratios(rates(lane.name), rates(TPC_B))
        if lane.body == "public":
            load = lane.name.partition(", ")[2]
            told[lane.name]["to_naive"] = ratios(rates(lane.name), rates(f"naive, {load}"))
    return told


def _goals(runs: Mapping[tuple[int, str], list[Run]], clients: tuple[int, ...]) -> list[Goal]:
    def ratio(figure: str, number: int, one: str, other: str) -> float:
        some, others = (
            [getattr(run, figure) for run in runs[number, name]] for name in (one, other)
        )
        return ratios(some, others)["median"]

    goals = []
    for number in clients:
        if number == 1:
            continue
        for lane in (HOT, OURS):
            value = ratio("rate", number, lane.name, TPC_B)
            goals.append(Goal(f"{lane.name}, {number} clients, to TPC-B-like", value, 0.9))
        value = ratio("p99", number, HOT.name, TPC_B)
        goals.append(Goal(f"p99 hot, {number} clients, to TPC-B-like's", value, 2, "at most"))
        value = ratio("rate", number, BATCH.name, TPC_B)
        goals.append(Goal(f"{BATCH.name}, {number} clients, to TPC-B-like", value, 4))
    most = max(clients)
    value = ratio("rate", most, HOT.name, "naive, hot")
    goals.append(Goal(f"join, hot, {most} clients, to the naive join", value, 3))
    records = max(
        between(run.records for run in runs[number, lane.name])["median"]
        for number in clients
        for lane in (HOT, OURS)
    )
    goals.append(Goal("bytes of WAL records a join", records, 2500, "at most"))
    return goals
