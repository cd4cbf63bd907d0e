"""What a join and a settled pot cost: bytes on disk, bytes of WAL, and CPU of the database."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from pypot_cli import check, db, seeds
from pypot_cli.bench import stage
from pypot_cli.bench.joins import SOLD_OUT
from pypot_cli.bench.meter import SETTINGS, Meter
from pypot_cli.bench.pgbench import Pgbench
from pypot_cli.db.connection import query
from pypot_cli.db.throwaway import throwaway_cluster
from pypot_cli.errors import PypotError
from pypot_cli.fairness import signing
from pypot_cli.keys import Secret, new_secret
from pypot_cli.orchestrator import CALLER as ORCHESTRATOR
from pypot_cli.orchestrator import Orchestrator
from pypot_cli.rpc import ANON, Api, Caller, login_url
from pypot_cli.service import ONCE_RETRY_SECONDS, Client, Unheard
from pypot_cli.settlement import Settlement, signer

CLIENTS = 4
_PATIENCE_SECONDS = 600.0
_MESSAGES = "realtime."


@dataclass(frozen=True)
class Size:
    """How much to measure: joins of one ticket that fill `pots` of `tickets`, after as many."""

    pots: int = 100
    tickets: int = 100
    players: int = 2000


_CHURN = ("table", "updates", "hot", "live", "dead", "vacuums", "bytes", "index_bytes")


def run(size: Size, say: Callable[[str], None]) -> dict[str, Any]:
    """Fill and settle pots on a fresh server; return what that cost.

    `join` and `pot`, which is opening, locking and settling one without its joins, each hold `disk`
    bytes, `messages` of realtime on disk besides, `records` and `images` bytes of WAL, and `cpu`,
    milliseconds of the database's processes; `tables`, bytes a join of the largest; `churn`,
    the tables whose rows are updated (`hot`: without touching an index; `live` and `dead` rows;
    `bytes` without indexes, and `index_bytes`); `services`, milliseconds
    of CPU of both services a pot. Images are what full pages cost after one
    checkpoint. `broken` invariants; `ok` also says that every join was made.
    """
    with (
        throwaway_cluster("bench-cost", say, SETTINGS) as (directory, cluster),
        db.connect(cluster.admin_url(), autocommit=True) as conn,
    ):
        url = cluster.url()
        say(f"{size.players} players get credits")
        users = [stage.numbered("player", number + 1) for number in range(size.players)]
        stage.add_players(cluster.admin_url(), url, users)
        stage.set_rules(url)
        conn.execute(query("bench/meter"))
        conn.execute("vacuum analyze")
        ledger = _Ledger(conn, Meter(cluster, conn))
        pots = [stage.numbered("pot", number + 2) for number in range(2 * size.pots)]
        master = new_secret()
        with ledger.charging("opening"):
            stage.open_pots(url, pots, max_tickets=size.tickets, master=master)
        joins = size.pots * size.tickets
        each = joins // CLIENTS
        variables = {
            "players": size.players, "pots": 1, "keys": 1, "clients": CLIENTS,
            "small": size.tickets, "n": 0,
        }  # fmt: skip
        pgbench = Pgbench(login_url(url), directory)
        script = SOLD_OUT.script(directory)
        say(f"{joins} joins that are not measured")
        # A plan that was made when there was nothing reads whole tables until the first ANALYZE.
        before = pgbench.each(script, CLIENTS, each, variables)
        conn.execute("vacuum analyze")
        conn.execute("checkpoint")
        say(f"{joins} joins fill {size.pots} pots")
        with ledger.charging("joins"):
            made = pgbench.each(script, CLIENTS, each, {**variables, "pots": 1 + size.pots})
        say("locking and settling them")
        with ledger.charging("settling"):
            began = time.process_time()
            settle(url, len(pots), master, say)
            services = time.process_time() - began
        churn = conn.execute(query("bench/churn")).fetchall()
        say("checking every invariant")
        broken = [each.name for each in check.check_database(url) if not each.holds]
    opening, joined, settling = (ledger.costs[name] for name in ("opening", "joins", "settling"))
    return {
        "pots": size.pots,
        "tickets": size.tickets,
        "joins": made,
        "join": joined.of(made),
        "pot": opening.plus(settling).of(len(pots)),
        "tables": dict(
            sorted(
                ((name, size_ / made) for name, size_ in joined.tables.items() if size_ > 0),
                key=lambda each: -each[1],
            )[:8]
        ),
        "churn": [dict(zip(_CHURN, row, strict=True)) for row in churn],
        "services": 1000 * services / len(pots),
        "broken": broken,
        "ok": not broken and before == made == joins,
    }


def table(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    lines = [
        f"{report['joins']} joins of one ticket, {report['pots']} pots of {report['tickets']}",
        f"{'':<22}{'disk':>9}{'messages':>10}{'WAL':>9}{'images':>9}{'CPU ms':>9}",
    ]
    for key, name in (("join", "a join"), ("pot", "a pot, without joins")):
        cost = report[key]
        lines.append(
            f"{name:<22}{cost['disk']:9.0f}{cost['messages']:10.0f}{cost['records']:9.0f}"
            f"{cost['images']:9.0f}{cost['cpu']:9.3f}"
        )
    lines.append(f"the services use {report['services']:.1f} ms of CPU a pot besides")
    lines += [f"  {name:<34}{each:9.0f} bytes a join" for name, each in report["tables"].items()]
    lines.append(
        f"{'updated':<32}{'times':>9}{'hot':>7}{'live':>9}{'dead':>8}{'vacuums':>9}{'bytes':>11}"
        f"{'indexes':>9}"
    )
    lines += [
        f"  {each['table']:<30}{each['updates']:9}{each['hot'] / each['updates']:7.0%}"
        f"{each['live']:9}{each['dead']:8}{each['vacuums']:9}{each['bytes']:11}"
        f"{each['index_bytes'] / each['bytes']:9.2f}"
        for each in report["churn"]
    ]
    broken = ", ".join(report["broken"])
    return "\n".join([*lines, f"broken: {broken}" if broken else "every invariant holds"])


@dataclass(frozen=True)
class _Cost:
    tables: dict[str, int]
    records: int
    images: int
    cpu: float

    def plus(self, other: _Cost) -> _Cost:
        names = self.tables.keys() | other.tables.keys()
        return _Cost(
            {name: self.tables.get(name, 0) + other.tables.get(name, 0) for name in names},
            self.records + other.records, self.images + other.images, self.cpu + other.cpu,
        )  # fmt: skip

    def of(self, count: int) -> dict[str, float]:
        messages = sum(n for name, n in self.tables.items() if name.startswith(_MESSAGES))
        return {
            "disk": (sum(self.tables.values()) - messages) / count,
            "messages": messages / count,
            "records": self.records / count,
            "images": self.images / count,
            "cpu": 1000 * self.cpu / count,
        }


class _Ledger:
    """What each part of the work cost."""

    def __init__(self, conn: psycopg.Connection[Any], meter: Meter) -> None:
        self.costs: dict[str, _Cost] = {}
        self._conn, self._meter = conn, meter

    @contextlib.contextmanager
    def charging(self, name: str) -> Iterator[None]:
        sizes, since = self._sizes(), self._meter.now()
        yield
        used = self._meter.used(since, self._meter.now())
        grown = {table: size - sizes.get(table, 0) for table, size in self._sizes().items()}
        self.costs[name] = _Cost(grown, used.records, used.images, used.cpu)

    def _sizes(self) -> dict[str, int]:
        return dict(self._conn.execute(query("bench/sizes")).fetchall())


def settle(url: str, pots: int, master: Secret, say: Callable[[str], None]) -> None:
    """Have both services do their rounds until so many pots are settled; say how many are."""
    keys = {purpose: new_secret() for purpose in ("orchestrator", "settlement")}
    public = {purpose: signing.public_key(key.reveal()) for purpose, key in keys.items()}
    with Api(login_url(url)) as api:
        for purpose, key in public.items():
            api.call(
                Caller("service_role"), "register_signing_key", purpose=purpose,
                public_key=key.hex(),
            )  # fmt: skip

        def client(caller: Caller) -> Client:
            return Client(api, caller, log, threading.Event(), give_up=ONCE_RETRY_SECONDS)

        log = Unheard("bench")
        orchestrator = Orchestrator(client(ORCHESTRATOR), log, keys["orchestrator"])
        settlement = Settlement(
            client(signer("bench")), log, keys["settlement"], seeds.MasterSeeds(master), stock=0,
            orchestrator_keys=[public["orchestrator"]],
        )  # fmt: skip

        def settled() -> int:
            pages = api.pages(
                ANON, "list_pots", after=("after", "id"), page_size=100, status="settled"
            )
            return sum(1 for _ in pages)

        done, deadline = 0, time.monotonic() + _PATIENCE_SECONDS
        while done < pots:
            orchestrator.round()
            settlement.round()
            before, done = done, settled()
            say(f"{done} of {pots} pots are settled")
            if done > before:
                deadline = time.monotonic() + _PATIENCE_SECONDS
            elif time.monotonic() > deadline:
                raise PypotError(
                    f"{done} of {pots} pots are settled, and no other was in"
                    f" {_PATIENCE_SECONDS:.0f} s"
                )
