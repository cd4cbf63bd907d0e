"""Joins through `pypot api`, by wrk and by supabase-js, beside a call that does nothing.

The local API is Python on the machine that is measured, as are the clients: the figures say what
the API adds to a join, and how much of a request is the join. On Supabase PostgREST is in its
place.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypot_cli import check, db, web
from pypot_cli.bench import stage
from pypot_cli.bench.figures import between, ratios
from pypot_cli.bench.local_api import local_api, tokens
from pypot_cli.bench.meter import SETTINGS
from pypot_cli.db.connection import query
from pypot_cli.db.throwaway import throwaway_cluster
from pypot_cli.errors import PypotError

CALLS = ("join_pot", "bench_nothing")
"""A join into one pot, by random players; and a call of a function that returns at once."""

_HERE = Path(__file__).resolve().parent
_FIGURES = ("rate", "p50", "p99")


@dataclass(frozen=True)
class Size:
    """How much to measure: `rounds` of `seconds` of each call by each client at each number."""

    seconds: float = 5
    rounds: int = 3
    players: int = 1000
    clients: tuple[int, ...] = (1, 8, 32)


@dataclass(frozen=True)
class _Target:
    """What is called, and as whom."""

    url: str
    key: str
    tokens: Path
    pot: str


def run(size: Size, say: Callable[[str], None], node_modules: Path | None = None) -> dict[str, Any]:
    """Measure on a fresh server; return what was measured.

    `lanes` holds by number of clients, and by client program and call, `rate` a second and `p50`
    and `p99` in ms over the rounds, and `join_to_nothing` the ratios of the rates of a join to
    those of an empty call. `failed` requests, `joins` answered, `entries` there, `broken`
    invariants. Raises PypotError when wrk or Node.js is missing.
    """
    clients = {"wrk": _wrk(), "supabase-js": _supabase_js(node_modules)}
    runs: dict[tuple[int, str, str], list[dict[str, float]]] = {}
    with throwaway_cluster("bench-api", say, SETTINGS) as (directory, cluster):
        users = [stage.numbered("player", number + 1) for number in range(size.players)]
        stage.add_players(cluster.admin_url(), cluster.url(), users)
        pot = stage.numbered("pot", 1)
        stage.open_pots(cluster.url(), [pot])
        stage.set_rules(cluster.url())
        with db.connect(cluster.admin_url(), autocommit=True) as conn:
            conn.execute(query("bench/empty_rpc"))
            conn.execute("vacuum analyze")
        file = directory / "tokens"
        file.write_text("\n".join(tokens(users)) + "\n", encoding="ascii")
        joins = failed = 0
        with local_api(cluster.url(), directory) as told:
            target = _Target(told["url"], told["anon_key"], file, str(pot))
            for measure in clients.values():
                for call in CALLS:
                    joins += _joins(call, measure(target, call, 8, 1))
            for number in range(size.rounds):
                say(f"round {number + 1} of {size.rounds}")
                lanes = [(n, c, call) for n in size.clients for c in clients for call in CALLS]
                for many, client, call in random.sample(lanes, len(lanes)):
                    took = clients[client](target, call, many, size.seconds)
                    joins += _joins(call, took)
                    failed += int(took["failed"])
                    took["rate"] = took["count"] / took["seconds"]
                    runs.setdefault((many, client, call), []).append(took)
        with db.connect(cluster.url()) as conn:
            row = conn.execute("select count(*) from public.pot_entries").fetchone()
        assert row is not None
        say("checking every invariant")
        broken = [each.name for each in check.check_database(cluster.url()) if not each.holds]
    return {
        "seconds": size.seconds,
        "rounds": size.rounds,
        "lanes": {
            str(many): {
                client: {
                    **{
                        call: {
                            figure: between(each[figure] for each in runs[many, client, call])
                            for figure in _FIGURES
                        }
                        for call in CALLS
                    },
                    "join_to_nothing": ratios(
                        *([each["rate"] for each in runs[many, client, call]] for call in CALLS)
                    ),
                }
                for client in clients
            }
            for many in size.clients
        },
        "failed": failed,
        "joins": joins,
        "entries": row[0],
        "broken": broken,
        # What wrk had under way at its end is an entry too, and has no answer that it counts.
        "ok": not failed and not broken and 0 < joins <= row[0],
    }


def table(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    lines = [
        f"{report['rounds']} rounds of {report['seconds']:g} s; medians, and least and most",
        f"{'':<34}{'a second':>9}{'':>16}{'p50 ms':>9}{'p99 ms':>9}",
    ]
    for many, clients in report["lanes"].items():
        for client, told in clients.items():
            for call in CALLS:
                rate = told[call]["rate"]
                lines.append(
                    f"{f'{many} x {client}, {call}':<34}{rate['median']:9.0f}{rate['low']:8.0f}"
                    f"{rate['high']:8.0f}{told[call]['p50']['median']:9.2f}"
                    f"{told[call]['p99']['median']:9.2f}"
                )
            ratio = told["join_to_nothing"]["median"]
            lines.append(f"{'':<34}{ratio:9.2f} of the empty calls' rate")
    lines.append(
        f"{report['failed']} failed, {report['joins']} joins answered, {report['entries']} entries"
    )
    broken = ", ".join(report["broken"])
    return "\n".join([*lines, f"broken: {broken}" if broken else "every invariant holds"])


_Measure = Callable[[_Target, str, int, float], dict[str, float]]


def _joins(call: str, took: dict[str, float]) -> int:
    return int(took["count"] - took["failed"]) if call == "join_pot" else 0


def _wrk() -> _Measure:
    program = shutil.which("wrk")
    if program is None:
        raise PypotError("wrk is missing: install it (apt install wrk)")

    def measure(target: _Target, call: str, clients: int, seconds: float) -> dict[str, float]:
        # It counts in whole seconds.
        options = {
            "threads": min(2, clients), "connections": clients, "timeout": "20s",
            "duration": f"{max(1, round(seconds))}s", "script": _HERE / "clients.lua",
        }  # fmt: skip
        arguments = [target.tokens, target.key, call, *([target.pot] if call == "join_pot" else [])]
        said = _run(
            program, *(f"--{name}={value}" for name, value in options.items()), target.url, "--",
            *map(str, arguments),
        )  # fmt: skip
        (report,) = [line for line in said.splitlines() if line.startswith("REPORT ")]
        took: dict[str, float] = json.loads(report.removeprefix("REPORT "))
        return took

    return measure


def _supabase_js(node_modules: Path | None) -> _Measure:
    place = node_modules or web.node_modules()

    def measure(target: _Target, call: str, clients: int, seconds: float) -> dict[str, float]:
        asked = {
            "url": target.url, "key": target.key, "tokens": str(target.tokens), "call": call,
            "pot": target.pot if call == "join_pot" else None, "clients": clients,
            "seconds": seconds,
        }  # fmt: skip
        said = _run(
            "node", "--no-deprecation", str(_HERE / "clients.mjs"), str(place), json.dumps(asked)
        )
        took: dict[str, float] = json.loads(said)
        return took

    return measure


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()
        raise PypotError(f"{Path(command[0]).name} failed: {lines[-1]}")
    return done.stdout
