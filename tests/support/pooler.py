"""A real PgBouncer in transaction mode in front of a test's database."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.rows import dict_row

from pypot_cli.api.server import listen
from pypot_cli.config import LOCAL_PASSWORD
from pypot_cli.db.owner import server_user
from tests.support import packages
from tests.support.database import Database

_START_SECONDS = 20.0
_ROLES = ("postgres", "authenticator")


class Pooled:
    """A database through a pooler, for what takes the URL of one."""

    def __init__(self, db: Database, port: int, *, follows: bool, forgets: bool) -> None:
        """`follows` says whether it follows prepared statements; `forgets`: see `pooler`."""
        self.db = db
        self.port = port
        self.follows = follows
        self.forgets = forgets

    def url(self, role: str = "postgres") -> str:
        """The URL of a role through the pooler."""
        parts = urlsplit(self.db.url(role))
        place = parts.netloc.rpartition(":")[0]
        return urlunsplit(parts._replace(netloc=f"{place}:{self.port}"))

    def prepared(self, role: str) -> list[str]:
        """The statements that are prepared on the connection which serves a role now."""
        with psycopg.connect(self.url(role), autocommit=True, prepare_threshold=None) as conn:
            found = conn.execute("select statement from pg_prepared_statements order by name")
            return [statement for (statement,) in found]

    def counts(self) -> dict[str, int]:
        """What PgBouncer has counted since it runs: `client_parse`, `server_parse`, `bind`."""
        url = urlunsplit(urlsplit(self.url())._replace(path="/pgbouncer"))
        with psycopg.connect(url, autocommit=True, row_factory=dict_row) as console:
            rows: list[dict[str, Any]] = console.execute("show stats").fetchall()
        (of_database,) = (row for row in rows if row["database"] == self.db.name)
        names = ("client_parse", "server_parse", "bind")
        return {name: int(of_database[f"total_{name}_count"]) for name in names}


@contextlib.contextmanager
def pooler(
    db: Database, parent: Path, *, size: int, prepared: int = 0, forgets: bool = False
) -> Iterator[Pooled]:
    """Runs PgBouncer, which has `size` connections to the server for each role that logs in.

    On each it keeps so many statements `prepared`; with none, it follows none. One that `forgets`
    discards after each transaction whatever its session has.
    """
    command = packages.pgbouncer()
    directory = parent / "pooler"
    directory.mkdir()
    with contextlib.closing(listen(0)) as taken:
        port = taken.getsockname()[1]
    settings = {
        "listen_addr": "127.0.0.1",
        "listen_port": port,
        "unix_socket_dir": "",
        "auth_type": "scram-sha-256",
        "auth_file": "users",
        "pool_mode": "transaction",
        "default_pool_size": size,
        "max_prepared_statements": prepared,
        "server_reset_query_always": int(forgets),
        "admin_users": "postgres",
        # Whoever waits for a connection for this long is told so, and no test hangs.
        "query_wait_timeout": 60,
        "ignore_startup_parameters": "extra_float_digits",
    }
    lines = [
        "[databases]",
        f"{db.name} = host=127.0.0.1 port={urlsplit(db.url()).port}",
        "[pgbouncer]",
        *(f"{name} = {value}" for name, value in settings.items()),
    ]
    (directory / "pgbouncer.ini").write_text("\n".join(lines) + "\n", encoding="ascii")
    users = [f'"{role}" "{LOCAL_PASSWORD}"' for role in _ROLES]
    (directory / "users").write_text("\n".join(users) + "\n", encoding="ascii")
    log = directory / "log"
    # It refuses to run as root, as PostgreSQL does.
    account = server_user(directory / "new")
    if account is not None:
        os.chown(directory, account.uid, account.gid)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "pgbouncer.ini"],
            cwd=directory,
            env={"PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield Pooled(db, port, follows=prepared > 0, forgets=forgets)
        assert process.poll() is None, log.read_text()
    finally:
        process.terminate()
        process.wait(_START_SECONDS)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
