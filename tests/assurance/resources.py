"""The harness of resources: disk, connections, memory and the clock fail under load, and come back.

One server, its data on a small disk where this user may make one, its clock and those of both
services ones that can be set (libfaketime). Players buy and the services work while one thing
fails. Nothing acknowledged may be lost or done twice, callers see documented errors only, and when
the fault is over everybody goes on by themselves. Only a server that had no room for its log has to
be started again, as by an operator.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from pypot_cli.assure import Harness, Run
from pypot_cli.check import check_database
from pypot_cli.db.owner import server_user
from pypot_cli.keys import write_new_secret
from tests.assurance.failover import Alone, Load, status
from tests.support import packages
from tests.support.at_work import services
from tests.support.lived import Game
from tests.support.own_server import OwnServer, children, own_server
from tests.support.patroni import wait_for

PLAYERS = 6
_DISK_MB = 400
_TICKETS = 1_000_000
_OPEN_SECONDS = 12 * 3600
_HOUR = 3600
# A busy machine may not have let anybody call meanwhile.
_HITS_SECONDS = 30.0
_MIB = 1 << 20
_SHORT_FILE = 1 << 16
# A process looks at its clock's file once in so many seconds.
_CLOCK_SEEN = 1
_SETTINGS = {"max_connections": "40", "min_wal_size": "32MB", "max_wal_size": "64MB"}

# What a caller may see of such a fault: no room, no memory, no connection; a server that ends,
# starts or was lost; and ours for "try again".
DOCUMENTED = frozenset(
    {"53100", "53200", "53300", "57P01", "57P02", "57P03", "lost", "busy", "unavailable"}
)

# PostgreSQL has no code for EFBIG, which only a limit of files brings, and says "internal error".
TOO_LARGE = "XX000"


@dataclass
class Stage:
    """The server, who plays on it, and the clocks."""

    server: OwnServer
    game: Game
    users: list[uuid.UUID]
    clocks: Path
    disk: Path | None
    """Where its small disk is, if it has one."""

    def set_clock(self, whose: str, ahead: int) -> None:
        """Sets the clock of `server` or `services` ahead of the real one, below 0 behind it."""
        _set_clock(self.clocks / whose, ahead)


@dataclass
class Suffered:
    """What came of a fault."""

    acknowledged: int
    unknown: int
    done: int
    missing: int
    twice: int
    refused: Mapping[str, int]
    longest_gap: float
    broken: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        refused = ", ".join(f"{count} {name}" for name, count in sorted(self.refused.items()))
        return (
            f"{self.acknowledged} acknowledged, {self.missing} missing, {self.twice} twice,"
            f" {self.unknown} unknown of which {self.done} done, refused: {refused or 'none'},"
            f" longest wait {self.longest_gap:.1f} s"
        )


# ------------------------------------------------------------------------- the faults

Fault = Callable[[Stage], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def disk_full(stage: Stage, *, log_too: bool = False) -> Iterator[None]:
    """Not a byte is left; with `log_too` the log of transactions needs room as well.

    Then the server cannot go on, nor start, before there is some.
    """
    if stage.disk is None:
        with files_cannot_grow(stage):
            yield
        return
    filler = stage.disk / "filler"
    try:
        _fill(filler)
        if log_too:
            _switch_log(stage, filler)
        yield
    finally:
        filler.unlink()
        stage.server.restart()


@contextlib.contextmanager
def files_cannot_grow(stage: Stage) -> Iterator[None]:
    """No process of the server may write beyond the start of a file (RLIMIT_FSIZE)."""
    family = _family(stage)
    for pid in family:
        _limit(stage, pid, "fsize", _SHORT_FILE)
    try:
        yield
    finally:
        _lift(stage, family, "fsize")
        stage.server.restart()


@contextlib.contextmanager
def no_connections(stage: Stage) -> Iterator[None]:
    """Somebody takes every connection, those of players and services too."""
    with contextlib.ExitStack() as held, stage.server.db.admin() as admin:
        refused = 0
        while refused < 3:
            _send_away(admin)
            with contextlib.suppress(psycopg.OperationalError):
                while True:
                    url = stage.server.db.url("authenticator")
                    conn = psycopg.connect(url, application_name="taken", connect_timeout=5)
                    held.callback(conn.close)
            refused += 1
        yield


@contextlib.contextmanager
def backend_killed(stage: Stage) -> Iterator[None]:
    """The kernel kills a backend for its memory; the server starts all others anew."""

    def victim() -> int | None:
        with stage.server.db.admin() as admin:
            row = admin.execute(
                "select pid from pg_stat_activity where backend_type = 'client backend'"
                " and state = 'active' and pid <> pg_backend_pid() limit 1"
            ).fetchone()
        return None if row is None else int(row[0])

    os.kill(wait_for(victim, "a backend at work"), signal.SIGKILL)
    yield


@contextlib.contextmanager
def no_memory(stage: Stage) -> Iterator[None]:
    """No process of the server gets more memory than its postmaster has (RLIMIT_AS)."""
    family: list[int] = []
    try:
        with stage.server.db.admin() as admin:
            pages = int(Path(f"/proc/{stage.server.pid}/statm").read_text().split()[0])
            family += [pid for pid in _family(stage) if pid != admin.info.backend_pid]
            for pid in family:
                _limit(stage, pid, "as", pages * resource.getpagesize() + _MIB)
            # What they have got already would do them for a while.
            _send_away(admin)
        yield
    finally:
        _lift(stage, family, "as")
        stage.server.restart()


@contextlib.contextmanager
def clock_steps(stage: Stage, *, whose: str, ahead: int) -> Iterator[None]:
    """A clock is set, and set right again: one step forward, one back, and all have seen it."""
    stage.set_clock(whose, ahead)
    try:
        if whose == "server":
            wait_for(lambda: abs(_ahead(stage) - ahead) < 60 or None, "the server to see its clock")
        yield
    finally:
        stage.set_clock(whose, 0)
        time.sleep(2 * _CLOCK_SEEN)


FAULTS: dict[str, Fault] = {
    "disk full": disk_full,
    "disk full, the log's too": partial(disk_full, log_too=True),
    "files that cannot grow": files_cannot_grow,
    "no connections": no_connections,
    "a backend killed": backend_killed,
    "no memory": no_memory,
    "the server's clock ahead": partial(clock_steps, whose="server", ahead=_HOUR),
    "the server's clock behind": partial(clock_steps, whose="server", ahead=-_HOUR),
    "the services' clock ahead": partial(clock_steps, whose="services", ahead=_HOUR),
    "the services' clock behind": partial(clock_steps, whose="services", ahead=-_HOUR),
}
# Nobody is refused anything while a clock is wrong.
_UNSEEN = {name for name in FAULTS if "clock" in name}


def _limits_files(name: str) -> bool:
    """Whether the fault is a limit of files, as also where no small disk can be made."""
    return name == "files that cannot grow" or ("disk" in name and os.geteuid() != 0)


def _send_away(admin: psycopg.Connection[Any]) -> None:
    """Ends every session but the superuser's and those that somebody took."""
    admin.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where backend_type = 'client backend' and pid <> pg_backend_pid()"
        " and application_name <> 'taken'"
    )


def _fill(filler: Path) -> None:
    with filler.open("ab", buffering=0) as file:
        for size in (_MIB, 4096):
            with contextlib.suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass


def _switch_log(stage: Stage, filler: Path) -> None:
    """Has the server begin new files of its log until there is no room for one."""
    with contextlib.suppress(psycopg.Error), stage.server.db.admin() as admin:
        for _ in range(40):
            admin.execute("select pg_switch_wal()")
            admin.execute("select pg_logical_emit_message(true, 'resources', 'more')")
            _fill(filler)


def _family(stage: Stage) -> list[int]:
    try:
        pid = stage.server.pid
    except OSError:
        return []
    return [pid, *children(pid)]


def _limit(stage: Stage, pid: int, name: str, soft: int | None) -> None:
    """Sets a process's soft limit, None for as much as it may have.

    By the server's own user, since root need not have the right to limit another's process.
    """
    # The server has the hard limits of this process.
    most = resource.getrlimit({"fsize": resource.RLIMIT_FSIZE, "as": resource.RLIMIT_AS}[name])[1]
    wanted = soft if soft is not None else "unlimited" if most == resource.RLIM_INFINITY else most
    user = server_user(stage.server.cluster.data_dir)
    as_user: dict[str, Any] = {}
    if user is not None:
        as_user = {"user": user.uid, "group": user.gid, "extra_groups": []}
    done = subprocess.run(
        ["prlimit", f"--pid={pid}", f"--{name}={wanted}:"],
        check=False,
        capture_output=True,
        text=True,
        **as_user,
    )
    # Of a process that has just ended nothing is left to limit.
    assert done.returncode == 0 or not Path(f"/proc/{pid}/fd").exists(), done.stderr


def _lift(stage: Stage, limited: list[int], name: str) -> None:
    """Lifts the limit, first of the postmaster: what it forks meanwhile has its limit."""
    for pid in _family(stage)[:1]:
        _limit(stage, pid, name, None)
    for pid in {*limited, *_family(stage)}:
        _limit(stage, pid, name, None)


def _ahead(stage: Stage) -> float:
    with stage.server.db.admin() as admin:
        row = admin.execute("select extract(epoch from clock_timestamp())").fetchone()
    assert row is not None
    return float(row[0]) - time.time()


# -------------------------------------------------------------------------- the stage


@contextlib.contextmanager
def staged(
    place: Path, fail: Callable[[str], None], settings: Mapping[str, str] | None = None
) -> Iterator[Stage]:
    """The server with players and services; what they leave is put in `place`."""
    disks: list[Path] = []

    @contextlib.contextmanager
    def small_disk(directory: Path) -> Iterator[None]:
        if not _mount(directory):
            yield
            return
        disks.append(directory)
        try:
            yield
        finally:
            subprocess.run(["umount", "--lazy", directory], check=True)

    library = packages.faketime()
    keys = {name: write_new_secret(place / name) for name in "osm"}
    with (
        _clocks() as clocks,
        own_server(
            {**_SETTINGS, **(settings or {})},
            env=_told(library, clocks / "server"),
            disk=small_disk,
        ) as server,
    ):
        game = Game(server.db, keys["o"], keys["s"], keys["m"])
        game.settlement.round()
        users = game.users(PLAYERS, balance=100_000_000)
        game.api.close()
        told = _told(library, clocks / "services")
        with services(server.db.url(), place, fail, told), game.api:
            yield Stage(server, game, users, clocks, disks[0] if disks else None)


@contextlib.contextmanager
def _clocks() -> Iterator[Path]:
    """Both clocks, right, in a directory that the server's user can walk to."""
    with tempfile.TemporaryDirectory(prefix="pypot-clocks-") as name:
        place = Path(name)
        place.chmod(0o711)
        for whose in ("server", "services"):
            _set_clock(place / whose, 0)
        yield place


def _mount(directory: Path) -> bool:
    """Makes a small disk, of which only root is capable."""
    if os.geteuid() != 0:
        return False
    options = f"size={_DISK_MB}m,mode=711"
    command = ["mount", "-t", "tmpfs", "-o", options, "pypot", str(directory)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _told(library: Path, clock: Path) -> dict[str, str]:
    """The environment of a program whose clock is that of a file."""
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": str(_CLOCK_SEEN),
        # A step of the clock moves no timer.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def _set_clock(file: Path, ahead: int) -> None:
    partial_ = file.with_suffix(".new")
    partial_.write_text(f"{ahead:+d}\n")
    partial_.chmod(0o644)
    partial_.replace(file)


# ---------------------------------------------------------------------------- the run


def suffer(stage: Stage, name: str, seconds: float) -> Suffered:
    """One fault under load, for so long, and until it has hit somebody.

    Then the pot is sold out, and the services settle it.
    """
    game = stage.game
    pot_id = game.pot(
        entry_cost=1, max_tickets=_TICKETS, max_per_user=_TICKETS, fill_seconds=_OPEN_SECONDS
    )
    load = Load(game, Alone(stage.server), pot_id)
    with load.running(stage.users, None):
        wait_for(lambda: len(load.acknowledged) > 2 * PLAYERS or None, "joins before the fault")
        with FAULTS[name](stage):
            time.sleep(seconds)
            deadline = time.monotonic() + (0.0 if name in _UNSEEN else _HITS_SECONDS)
            while not load.refused and time.monotonic() < deadline:
                time.sleep(0.05)
    game.api.close()
    missing, unknown = load.missing(), len(load.unknown)
    done = load.ask_again()
    twice = load.entries() - len(load.acknowledged) - unknown
    game.join(pot_id, stage.users[0], _TICKETS - load.entries())
    wait_for(lambda: status(game, pot_id) == "settled" or None, "the services to settle the pot")
    broken = [each.name for each in check_database(game.db.url()) if not each.holds]
    return Suffered(
        len(load.acknowledged), unknown, done, missing, twice, load.refused, load.longest_gap,
        broken,
    )  # fmt: skip


def complaints(name: str, suffered: Suffered) -> list[str]:
    """What is not as it must be."""
    found = []
    if suffered.missing or suffered.twice:
        found.append(f"{suffered.missing} acknowledged joins are lost, {suffered.twice} came twice")
    documented = DOCUMENTED | ({TOO_LARGE} if _limits_files(name) else set())
    if unknown := set(suffered.refused) - documented:
        found.append(f"callers saw {', '.join(sorted(unknown))}, which nobody documented")
    if not suffered.refused and name not in _UNSEEN:
        found.append("nobody was refused anything, so the fault hit nobody")
    if suffered.broken:
        found.append(f"broken: {', '.join(suffered.broken)}")
    return [f"{name}: {sentence}" for sentence in found]


def run(going: Run) -> None:
    """Every fault in turn, as often as there is time for, each time for longer."""
    with staged(going.directory, going.fail) as stage:
        going.figure("small disk", "no" if stage.disk is None else f"{_DISK_MB} MB")
        took = 0.0
        seconds = 5.0
        while not took or going.left > took:
            began = going.elapsed
            for name in FAULTS:
                going.say(f"{name}, for {seconds:.0f} s")
                suffered = suffer(stage, name, seconds)
                going.count("faults")
                going.count("acknowledged joins", suffered.acknowledged)
                going.count("unknown", suffered.unknown)
                going.count("missing", suffered.missing)
                going.count("twice", suffered.twice)
                going.figure(name, str(suffered))
                for sentence in complaints(name, suffered):
                    going.fail(sentence)
            seconds += 5
            took = going.elapsed - began


HARNESS = Harness(
    name="resources",
    what=(
        "Disk, connections and memory run out and clocks step, under load: nothing acknowledged is "
        "lost, errors are documented ones, and services go on by themselves"
    ),
    minutes=6,
    threats=(34, 37, 40),
    controls=(
        "tests/assurance/test_failover.py::test_a_server_that_acknowledges_early_fails_it",
        "tests/faults/test_resources.py::test_what_is_not_as_it_must_be_is_told",
    ),
    run=run,
)
