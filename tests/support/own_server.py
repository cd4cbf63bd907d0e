"""A server of a test's own, for what would harm the tests that share one: kills, logs, settings."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from pypot_cli import db as pypot_db
from pypot_cli.config import LOCAL_PASSWORD
from pypot_cli.db.binaries import embedded
from pypot_cli.db.cluster import Cluster
from tests.support.caretaker import cared_for
from tests.support.database import Database

_GONE_SECONDS = 20.0


class OwnServer:
    """An embedded PostgreSQL 17 that can be killed, and its one database."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.db = Database(cluster, 17, "postgres")

    @property
    def log(self) -> str:
        """What the server has logged."""
        return (self.cluster.data_dir / "server.log").read_text(encoding="utf-8", errors="replace")

    @property
    def pid(self) -> int:
        """The process id of the postmaster."""
        return int((self.cluster.data_dir / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """Kills every process of the server at once, as a power cut would."""
        pid = self.pid
        family = [pid, *children(pid)]
        for member in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        deadline = time.monotonic() + _GONE_SECONDS
        while any(_is_alive(member) for member in family):
            if time.monotonic() > deadline:
                raise AssertionError("a killed server is still there")
            time.sleep(0.01)

    def restart(self) -> None:
        """Starts the server again, on the port it had; returns when it has recovered."""
        self.cluster.start()


@contextlib.contextmanager
def own_server(
    settings: Mapping[str, str] | None = None,
    *,
    env: Mapping[str, str] | None = None,
    disk: Callable[[Path], contextlib.AbstractContextManager[None]] | None = None,
) -> Iterator[OwnServer]:
    """A fresh server with the Supabase layer and the migrations; it goes with the block.

    `env` is added to its environment. `disk` puts something below its directory meanwhile.
    """
    binaries = embedded()
    binaries = replace(binaries, env={**binaries.env, **(env or {})})
    with cared_for("pypot-own-") as directory, contextlib.ExitStack() as ends:
        if disk is not None:
            ends.enter_context(disk(directory))
        cluster = Cluster(directory / "data", binaries, settings)
        ends.callback(cluster.stop)
        cluster.start(0)
        pypot_db.prepare(cluster.admin_url(), LOCAL_PASSWORD)
        yield OwnServer(cluster)


def children(pid: int) -> list[int]:
    """The processes that a process started and that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rsplit(")", 1)[1].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
