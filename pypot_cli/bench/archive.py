"""What vacuum has to do after pots were played, and what their archive frees and takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from pypot_cli import check, db
from pypot_cli.archive import detach as detaching
from pypot_cli.archive import office
from pypot_cli.archive import run as archiving
from pypot_cli.archive.months import name, read_month
from pypot_cli.audit_log import timer
from pypot_cli.bench import stage
from pypot_cli.bench.cost import CLIENTS, settle
from pypot_cli.bench.joins import SOLD_OUT
from pypot_cli.bench.meter import SETTINGS
from pypot_cli.bench.pgbench import Pgbench
from pypot_cli.compliance.desk import Desk
from pypot_cli.db.clock import ahead, replace_clock
from pypot_cli.db.connection import query
from pypot_cli.db.throwaway import throwaway_cluster
from pypot_cli.errors import PypotError
from pypot_cli.keys import Secret, new_secret
from pypot_cli.rpc import Api, Caller, login_url

NAP_SECONDS = 1
"""How often autovacuum looks here; PostgreSQL's own is a minute, which a benchmark hardly takes.

When it finds that a table has to be vacuumed, and how fast it does so, is PostgreSQL's own."""

LATER_SECONDS = 500 * 86_400.0
"""After so long whatever ended is archived, and nothing personal is kept of it."""

DAY_JOINS = 100_000
"""What is told of a day is told of so many joins: multiplied, not measured."""

LIVE = (
    "public.pot_entries",
    "private.transfers",
    "private.ledger_entries",
    "private.events",
    "private.event_positions",
    "private.merkle_levels",
    "private.idempotency_keys",
)
"""Tables that are played in and that a pot leaves when it is archived."""

_AT_ONCE = 100
"""Pots that are filled, and then settled by one process: more would be refunded for their wait."""

_QUIET_SECONDS = 30.0
_VACUUMED = (
    "table", "updates", "hot", "deletions", "live", "dead", "vacuums", "analyzes", "bytes",
)  # fmt: skip
_STEPS = ("played", "archived", "detached")
_KINDS = ("live", "archive", "carried", "rest")


@dataclass(frozen=True)
class Size:
    """How much to play: joins of one ticket that fill `pots` of `tickets`."""

    pots: int = 40
    tickets: int = 50
    players: int = 300


def run(size: Size, say: Callable[[str], None]) -> dict[str, Any]:
    """Play pots on a fresh server, vacuum, archive and detach them; return what that took.

    `vacuum` tells of the load, `vacuum_archived` of the archive: `tables` that it updated or
    deleted from (rows, and bytes before and after they were written anew: `full`), `dead` when it
    ended and `left` once autovacuum found nothing more, and the blocks that autovacuum `hits`,
    `reads` and `writes`. `bytes`, by step, hold `live`, `archive`, `carried` and `rest`, all
    after `vacuum full`; `seconds` a pot. `file` is the month's, in bytes. `broken` invariants by
    step; `a_day`, multiplied from those. `ok`: all pots left, and no invariant was broken.
    """
    settings = {**SETTINGS, "autovacuum_naptime": f"{NAP_SECONDS}s"}
    with (
        throwaway_cluster("bench-archive", say, settings) as (directory, cluster),
        db.connect(cluster.admin_url(), autocommit=True) as conn,
        Api(login_url(cluster.url())) as api,
    ):
        url = cluster.url()
        joins = size.pots * size.tickets
        vacuumed = _Vacuum(conn)
        made = _play(size, url, cluster.admin_url(), directory, say)
        say("waiting for autovacuum")
        load = vacuumed.report()
        say("the pots grow old")
        replace_clock(conn, ahead(LATER_SECONDS))
        log_key = new_secret()
        _grow_old(api, url, log_key)
        bytes_: dict[str, dict[str, int]] = {}
        broken: dict[str, list[str]] = {}

        def look(step: str) -> None:
            say(f"checking every invariant, {step}")
            broken[step] = [each.name for each in check.check_database(url) if not each.holds]
            conn.execute("vacuum full")
            bytes_[step] = _sizes(conn)

        look("played")
        vacuumed = _Vacuum(conn)
        key, folder = new_secret(), directory / "files"
        folder.mkdir()
        # What its connection counted is told when that ends.
        with office.opened(url, uuid4()) as opened:
            months = [read_month(each["month"]) for each in archiving.plan(opened)]
            exporting = archiving.Exporting(
                Desk(api, Caller("pot_compliance", opened.person)), "a benchmark",
                folder / "exports", key,
            )  # fmt: skip
            began = time.perf_counter()
            outcome = archiving.run(
                opened, exporting, months,
                progress=lambda month, pot: say(f"archiving {name(month)}, pot {pot}"),
            )  # fmt: skip
            archived = time.perf_counter() - began
        say("waiting for autovacuum")
        left = vacuumed.report()
        _checkpoint(url, log_key)
        look("archived")
        file = 0
        began = time.perf_counter()
        with office.opened(url, uuid4()) as opened:
            for month in months if outcome.archived == size.pots else ():
                say(f"detaching {name(month)}")
                out = folder / f"{name(month)}.archive"
                contents = detaching.write(opened, month, out, key)
                detaching.detach(opened, contents, out, [folder / f"{name(month)}.copy"], key)
                file += out.stat().st_size
        detached = time.perf_counter() - began
        _checkpoint(url, log_key)
        look("detached")
    return {
        "pots": size.pots,
        "tickets": size.tickets,
        "joins": made,
        "archived": outcome.archived,
        "blocked": dict(outcome.blocked),
        "failed": outcome.failed,
        "vacuum": load,
        "vacuum_archived": left,
        "bytes": bytes_,
        "file": file,
        "seconds": {"archive": archived / size.pots, "detach": detached / size.pots},
        "a_day": _a_day(joins, load, left, bytes_, archived, detached),
        "broken": broken,
        "ok": made == joins and outcome.archived == size.pots and not any(broken.values()),
    }


def table(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    joins = report["joins"]
    lines = [f"{joins} joins of one ticket, {report['pots']} pots of {report['tickets']}"]
    for title, key in (("after the load", "vacuum"), ("after the archive", "vacuum_archived")):
        each = report[key]
        lines += [
            f"{title}: {each['dead']} dead rows, {each['left']} once autovacuum was done, which"
            f" found {each['hits']} blocks in memory, read {each['reads']} and wrote"
            f" {each['writes']}",
            f"{'':<26}{'updated':>9}{'hot':>6}{'deleted':>9}{'live':>8}{'dead':>7}{'left':>7}"
            f"{'vacuums':>9}{'kB':>8}{'bloat':>7}",
        ]
        for row in each["tables"]:
            hot = f"{row['hot'] / row['updates']:6.0%}" if row["updates"] else f"{'':>6}"
            lines.append(
                f"  {row['table'].partition('.')[2]:<24}{row['updates']:9}{hot}"
                f"{row['deletions']:9}{row['live']:8}{row['dead']:7}{row['left']:7}"
                f"{row['vacuums']:9}{row['bytes'] / 1000:8.0f}{1 - row['full'] / row['bytes']:7.0%}"
            )
    lines.append(f"{'kB, after vacuum full':<26}" + "".join(f"{step:>10}" for step in _STEPS))
    for kind, title in zip(
        _KINDS, ("live, of what leaves", "the archive", "carried forward", "everything else"),
        strict=True,
    ):  # fmt: skip
        row = "".join(f"{report['bytes'][step][kind] / 1000:10.0f}" for step in _STEPS)
        lines.append(f"  {title:<24}{row}")
    seconds, day = report["seconds"], report["a_day"]
    lines += [
        f"the file of what was detached: {report['file'] / 1000:.0f} kB",
        f"a pot: {seconds['archive']:.3f} s to export, check and archive, {seconds['detach']:.3f} s"
        " of its month's to write, read and detach",
        f"{report['archived']} of {report['pots']} pots archived",
        *(f"  {count} waited: {why}" for why, count in report["blocked"].items()),
        *(f"  {pot}: {why}" for pot, why in report["failed"].items()),
        f"multiplied, not measured: a day of {day['joins']} joins is {day['updates']} rows updated"
        f" and later {day['deletions']} deleted, {day['live'] / 1e6:.0f} MB of what leaves,"
        f" {day['archive_seconds'] / 60:.0f} minutes to archive and"
        f" {day['detach_seconds'] / 60:.0f} to detach",
    ]
    broken = [f"{step}: {', '.join(of)}" for step, of in report["broken"].items() if of]
    held = [f"broken, {each}" for each in broken] or ["every invariant holds at each step"]
    return "\n".join([*lines, *held])


class _Vacuum:
    """What was updated and deleted since, and what autovacuum made of it."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        self._conn = conn
        self._tables = self._read()
        self._work = self._worked()

    def report(self) -> dict[str, Any]:
        """Wait until autovacuum finds nothing more to do; return what there was.

        Then each table that was updated or deleted from is written anew.
        """
        # What a session counted may be told a moment after it ended.
        time.sleep(NAP_SECONDS)
        ended = self._read()
        self._wait()
        left = self._read()
        _, *work = (now - then for now, then in zip(self._worked(), self._work, strict=True))
        tables = []
        for table, row in ended.items():
            before = self._tables.get(table, dict.fromkeys(_VACUUMED[1:], 0))
            changed = {each: row[each] - before[each] for each in ("updates", "hot", "deletions")}
            if changed["updates"] + changed["deletions"] == 0:
                continue
            schema, _, relation = table.partition(".")
            self._conn.execute(f'vacuum full {schema}."{relation}"'.encode())
            tables.append({
                "table": table, **changed, "live": left[table]["live"], "dead": row["dead"],
                "left": left[table]["dead"],
                "vacuums": left[table]["vacuums"] - before["vacuums"],
                "bytes": left[table]["bytes"], "full": self._read()[table]["bytes"],
            })  # fmt: skip
        return {
            "tables": tables,
            "dead": sum(each["dead"] for each in tables),
            "left": sum(each["left"] for each in tables),
            **dict(zip(("hits", "reads", "writes"), work, strict=True)),
        }

    def _wait(self) -> None:
        deadline = time.monotonic() + _QUIET_SECONDS
        quiet = 0
        before = self._worked()
        while quiet < 3 and time.monotonic() < deadline:
            time.sleep(NAP_SECONDS)
            now = self._worked()
            quiet = quiet + 1 if now == before and now[0] == 0 else 0
            before = now

    def _read(self) -> dict[str, dict[str, int]]:
        rows = self._conn.execute(query("bench/vacuum")).fetchall()
        return {row[0]: dict(zip(_VACUUMED[1:], row[1:], strict=True)) for row in rows}

    def _worked(self) -> tuple[int, ...]:
        row = self._conn.execute(query("bench/autovacuum")).fetchone()
        assert row is not None
        return tuple(row)


def _play(
    size: Size, url: str, admin_url: str, directory: Path, say: Callable[[str], None]
) -> int:  # fmt: skip
    """Open, fill and settle the pots; return how many joins were made."""
    say(f"{size.players} players get credits")
    users = [stage.numbered("player", number + 1) for number in range(size.players)]
    stage.add_players(admin_url, url, users)
    stage.set_rules(url)
    master = new_secret()
    pots = [stage.numbered("pot", number + 2) for number in range(size.pots)]
    stage.open_pots(url, pots, max_tickets=size.tickets, master=master)
    pgbench = Pgbench(login_url(url), directory)
    made = 0
    for first in range(0, size.pots, _AT_ONCE):
        count = min(_AT_ONCE, size.pots - first)
        joins = count * size.tickets
        # Each makes as many.
        clients = CLIENTS if joins % CLIENTS == 0 else 1
        say(f"{joins} joins fill {count} pots, after {made}")
        variables = {
            "players": size.players, "pots": 1 + first, "keys": 1, "clients": clients,
            "small": size.tickets, "n": 0,
        }  # fmt: skip
        made += pgbench.each(SOLD_OUT.script(directory), clients, joins // clients, variables)
        say("locking and settling them")
        settle(url, first + count, master, say)
    return made


def _grow_old(api: Api, url: str, log_key: Secret) -> None:
    """Forget what has expired, have everybody told of everything, and open a pot after it."""
    # The next position of the outbox is counted from the last one, which therefore stays.
    stage.open_pots(url, [stage.numbered("pot", 1)])
    for caller, function, arguments in (
        (Caller("service_role"), "purge_expired", {"limit_rows": 1000}),
        (Caller("pot_orchestrator"), "roll_up_metrics", {}),
    ):
        while api.call(caller, function, **arguments)["more"]:
            pass
    _checkpoint(url, log_key)


def _checkpoint(url: str, log_key: Secret) -> None:
    made = timer.checkpoint(login_url(url), timer.Publishing(log_key))
    if made.problems:
        raise PypotError(f"no checkpoint: {made.problems[0]}")


def _sizes(conn: psycopg.Connection[Any]) -> dict[str, int]:
    """Return bytes on disk by kind, messages of Realtime left out."""
    sizes = dict.fromkeys(_KINDS, 0)
    for relation, size in conn.execute(query("bench/sizes")).fetchall():
        if relation in LIVE:
            kind = "live"
        elif relation.startswith("private.archived_"):
            kind = "archive"
        elif relation.startswith("private.carried_"):
            kind = "carried"
        elif relation.startswith("realtime."):
            continue
        else:
            kind = "rest"
        sizes[kind] += size
    return sizes


def _a_day(
    joins: int,
    load: Mapping[str, Any],
    left: Mapping[str, Any],
    sizes: Mapping[str, Mapping[str, int]],
    archived: float,
    detached: float,
) -> dict[str, float]:
    times = DAY_JOINS / joins
    return {
        "joins": DAY_JOINS,
        "updates": round(times * sum(each["updates"] for each in load["tables"])),
        "deletions": round(times * sum(each["deletions"] for each in left["tables"])),
        "live": times * (sizes["played"]["live"] - sizes["archived"]["live"]),
        "archive_seconds": times * archived,
        "detach_seconds": times * detached,
    }
