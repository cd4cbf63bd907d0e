"""Backups as an operator makes them: a base backup, archived WAL, moments to go back to."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pypot_cli.db.binaries import embedded
from pypot_cli.db.cluster import Cluster
from pypot_cli.db.owner import server_user
from tests.support.caretaker import cared_for
from tests.support.own_server import OwnServer, own_server

_PROMOTED_SECONDS = 60.0


@dataclass(frozen=True)
class Archive:
    """Where a server's WAL goes, and one base backup."""

    directory: Path

    @property
    def wal(self) -> Path:
        """Finished WAL files."""
        return self.directory / "wal"

    @property
    def base(self) -> Path:
        """The base backup."""
        return self.directory / "base"


@contextlib.contextmanager
def archiving_server() -> Iterator[tuple[OwnServer, Archive]]:
    """A server of one's own that archives its WAL; both go with the block."""
    with cared_for("pypot-archive-") as directory:
        archive = Archive(directory)
        archive.wal.mkdir()
        _give_away(archive.wal)
        with own_server(
            {
                "archive_mode": "on",
                "archive_command": f"test ! -f {archive.wal}/%f && cp %p {archive.wal}/%f",
            }
        ) as server:
            yield server, archive


def take_base_backup(server: OwnServer, archive: Archive) -> None:
    """Copies the running server, as pg_basebackup does."""
    run("pg_basebackup", "-D", str(archive.base), "-X", "none", "-c", "fast", "-d", admin(server))


def mark(server: OwnServer, name: str) -> None:
    """Gives this moment a name to go back to, and has its WAL archived."""
    with server.db.admin() as conn:
        conn.execute("select pg_create_restore_point(%s)", [name])
        found = conn.execute("select pg_walfile_name(pg_switch_wal())").fetchone()
        assert found is not None
        deadline = time.monotonic() + _PROMOTED_SECONDS
        while conn.execute(
            "select coalesce(last_archived_wal, '') < %s from pg_stat_archiver", [found[0]]
        ).fetchone() != (False,):
            assert time.monotonic() < deadline, "the WAL was never archived"
            time.sleep(0.05)


@contextlib.contextmanager
def restored(archive: Archive, name: str) -> Iterator[OwnServer]:
    """Another server, as the first one was when `mark` gave that moment its name."""
    with cared_for("pypot-restored-") as directory:
        data = directory / "data"
        shutil.copytree(archive.base, data)
        (data / "recovery.signal").touch()
        data.chmod(0o700)
        for place, directories, files in os.walk(data):
            for each in (*directories, *files):
                _give_away(Path(place, each))
        _give_away(data)
        cluster = Cluster(
            data,
            embedded(),
            {
                "restore_command": f"cp {archive.wal}/%f %p",
                "recovery_target_name": name,
                "recovery_target_action": "promote",
            },
        )
        try:
            cluster.start(0)
            server = OwnServer(cluster)
            deadline = time.monotonic() + _PROMOTED_SECONDS
            with server.db.admin() as conn:
                while conn.execute("select pg_is_in_recovery()").fetchone() != (False,):
                    assert time.monotonic() < deadline, "the restored server was never promoted"
                    time.sleep(0.05)
            yield server
        finally:
            cluster.stop()


def admin(server: OwnServer, database: str = "postgres") -> str:
    """The superuser's URL."""
    return server.cluster.admin_url(database)


def run(tool: str, *arguments: str) -> str:
    """Runs a program of the embedded PostgreSQL; returns what it printed."""
    binaries = embedded()
    done = subprocess.run(
        [binaries.tool(tool), *arguments],
        env={**os.environ, **binaries.env},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"{tool}: {done.stderr}"
    return done.stdout


def _give_away(path: Path) -> None:
    user = server_user(path)
    if user is not None:
        os.chown(path, user.uid, user.gid)
