"""A cluster that fails over: three PostgreSQL 17 under Patroni, with etcd, HAProxy and PgBouncer.

Every node is on loopback, behind relays through which alone the others, etcd and the clients reach
it: so it can be cut off, frozen (SIGSTOP) and killed (SIGKILL) as a machine would be.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg

from pypot_cli import db
from pypot_cli.config import LOCAL_PASSWORD
from pypot_cli.db.binaries import embedded, runnable_by
from pypot_cli.db.cluster import ADMIN
from pypot_cli.db.owner import ServerUser, server_user
from tests.support import packages
from tests.support.own_server import children
from tests.support.packages import Debian
from tests.support.relay import Relay

T = TypeVar("T")

NODES = ("a", "b", "c")
TTL_SECONDS = 20
_PATIENCE_SECONDS = 180.0
_PASSWORD = secrets.token_hex(16)

# Patroni and what it imports, of this environment: the server's user need not be able to read that.
_DISTRIBUTIONS = (
    *("patroni", "urllib3", "PyYAML", "click", "prettytable", "wcwidth", "python-dateutil"),
    *("psutil", "ydiff", "python-etcd", "dnspython", "psycopg", "psycopg-binary"),
    *("typing_extensions", "six"),
)


@dataclass
class Node:
    """One PostgreSQL and its Patroni."""

    name: str
    directory: Path
    port: int
    rest_port: int
    etcd: Relay
    """Its way to etcd."""
    postgres: Relay
    """The way of everybody else to its PostgreSQL."""
    rest: Relay
    """The way of everybody else to its Patroni."""
    patroni: subprocess.Popen[bytes] | None = None

    @property
    def relays(self) -> tuple[Relay, Relay, Relay]:
        """All its cables."""
        return self.etcd, self.postgres, self.rest

    def family(self) -> list[int]:
        """Every process of the node."""
        assert self.patroni is not None
        found = [self.patroni.pid]
        with contextlib.suppress(OSError, ValueError):
            lock = self.directory / "data" / "postmaster.pid"
            found.append(int(lock.read_text().split()[0]))
        for parent in found:
            found += [child for child in children(parent) if child not in found]
        return found

    def signal(self, number: signal.Signals) -> None:
        """Sends every process of the node a signal."""
        for pid in self.family():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def receivers(self) -> list[int]:
        """Processes by which this node receives WAL."""
        return [pid for pid in self.family() if b"walreceiver" in _title(pid)]

    def cut(self) -> None:
        """Takes the node off the network."""
        for relay in self.relays:
            relay.cut()

    def heal(self) -> None:
        """Puts it back."""
        for relay in self.relays:
            relay.heal()


@dataclass
class Fleet:
    """The nodes, and one address for all clients. Duck-typed as a `Cluster` that has URLs."""

    directory: Path
    user: ServerUser | None
    python_path: str
    etcd_port: int
    proxy_port: int
    pooler_port: int
    nodes: dict[str, Node] = field(default_factory=dict)

    def url(self, role: str = "postgres", database: str = "postgres") -> str:
        """The URL of a role through pooler and proxy."""
        return _url(role, LOCAL_PASSWORD, self.pooler_port, database)

    def admin_url(self, database: str = "postgres") -> str:
        """The superuser's URL, through the proxy."""
        return _url(ADMIN, _PASSWORD, self.proxy_port, database)

    def inside(self, node: Node, role: str = "authenticator") -> str:
        """The URL of a client that stands beside a node, on its side of any cut."""
        password = _PASSWORD if role == ADMIN else LOCAL_PASSWORD
        return _url(role, password, node.port, "postgres")

    def start_node(self, node: Node) -> None:
        """Starts the Patroni of a node, and by it its PostgreSQL."""
        with (node.directory / "patroni.log").open("ab") as log:
            node.patroni = subprocess.Popen(
                [_interpreter(self.user), "-m", "patroni", str(node.directory / "patroni.json")],
                env={
                    "PATH": os.defpath,
                    "LC_ALL": "C",
                    "HOME": str(node.directory),
                    "PYTHONPATH": self.python_path,
                    **embedded().env,
                },
                cwd=node.directory,
                stdout=log,
                stderr=log,
                **_as(self.user),
            )

    def leader(self, but: Node | None = None) -> Node:
        """The node that takes writes, other than `but`; waits for one."""

        def found() -> Node | None:
            for node in self.nodes.values():
                if node is not but and _answers(node.rest.port, "/primary"):
                    return node
            return None

        return wait_for(found, "a leader")

    def wait_until_whole(self) -> Node:
        """Waits for one leader and two standbys that stream, one of them synchronous if it must."""

        def whole() -> Node | None:
            leader = self.leader()
            state = _get(leader.rest.port, "/cluster")
            roles = sorted(each["role"] for each in state["members"])
            states = {each["state"] for each in state["members"]}
            want = "sync_standby" if self.config()["synchronous_mode"] else "replica"
            fine = len(roles) == len(NODES) and states == {"running", "streaming"}
            return leader if fine and want in roles else None

        return wait_for(whole, "one leader with two standbys")

    def config(self) -> dict[str, Any]:
        """The dynamic configuration."""
        found: dict[str, Any] = _get(self.leader().rest.port, "/config")
        return found

    def set_synchronous(self, on: bool) -> None:
        """Makes a commit wait for a standby, strictly, or for none."""
        change = {"synchronous_mode": on, "synchronous_mode_strict": on}
        port = self.leader().rest.port
        httpx.patch(f"http://127.0.0.1:{port}/config", json=change, timeout=10).raise_for_status()

        def done() -> bool | None:
            with psycopg.connect(self.admin_url(), autocommit=True) as conn:
                row = conn.execute("show synchronous_standby_names").fetchone()
            return (row is not None and bool(row[0]) == on) or None

        wait_for(done, "the leader to wait for a standby" if on else "it to wait for none")


@contextlib.contextmanager
def fleet(say: Callable[[str], None]) -> Iterator[Fleet]:
    """Three nodes, strictly synchronous, with the Supabase layer and the migrations."""
    etcd, haproxy, pgbouncer = packages.etcd(), packages.haproxy(), packages.pgbouncer()
    directory = Path(tempfile.mkdtemp(prefix="pypot-fleet-"))
    directory.chmod(0o711)
    with contextlib.ExitStack() as ends:
        ends.callback(shutil.rmtree, directory, ignore_errors=True)
        work = directory / "work"
        work.mkdir()
        user = server_user(work / "absent")
        etcd_port, proxy_port, pooler_port = _free_ports(3)
        site = str(_copy_patroni(directory))
        made = Fleet(directory, user, site, etcd_port, proxy_port, pooler_port)
        say("starting etcd")
        _start_etcd(ends, made, etcd)
        binaries = runnable_by(embedded(), user)
        for name in NODES:
            made.nodes[name] = _node(ends, made, name, str(binaries.prefix / "bin"))
        for node in made.nodes.values():
            ends.callback(_end, node)
            made.start_node(node)
            if node.name == NODES[0]:
                say("making the first of three nodes")
                made.leader()
        _start_proxy(ends, made, haproxy)
        _start_pooler(ends, made, pgbouncer)
        say("waiting for both standbys")
        made.wait_until_whole()
        say("applying the Supabase layer and the migrations")
        db.prepare(made.admin_url(), LOCAL_PASSWORD)
        yield made


def wait_for(look: Callable[[], T | None], what: str) -> T:
    """What `look` finds, once it finds something; fails when it never does."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with contextlib.suppress(httpx.HTTPError, psycopg.OperationalError, KeyError):
            found = look()
            if found is not None:
                return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.2)


# ----------------------------------------------------------------------- its parts


def _node(ends: contextlib.ExitStack, made: Fleet, name: str, bin_dir: str) -> Node:
    directory = made.directory / name
    directory.mkdir()
    port, rest_port = _free_ports(2)
    etcd, postgres, rest = (Relay(each) for each in (made.etcd_port, port, rest_port))
    node = Node(name, directory, port, rest_port, etcd, postgres, rest)
    for relay in node.relays:
        ends.callback(relay.close)
    settings = {
        "scope": "pots",
        "name": name,
        "restapi": {
            "listen": f"127.0.0.1:{rest_port}",
            "connect_address": f"127.0.0.1:{node.rest.port}",
        },
        # Through its own cable only, and not by what etcd says of itself.
        "etcd3": {"hosts": [f"127.0.0.1:{node.etcd.port}"], "use_proxies": True},
        "bootstrap": {
            "dcs": {
                "ttl": TTL_SECONDS,
                "loop_wait": 2,
                "retry_timeout": 5,
                "maximum_lag_on_failover": 2**30,
                "synchronous_mode": True,
                "synchronous_mode_strict": True,
                "postgresql": {
                    "use_pg_rewind": True,
                    "remove_data_directory_on_diverged_timelines": True,
                    "parameters": {
                        "wal_level": "logical",
                        "max_connections": 150,
                        "max_wal_senders": 10,
                        "fsync": "on",
                        "synchronous_commit": "on",
                        "password_encryption": "scram-sha-256",
                        "timezone": "UTC",
                        "log_min_error_statement": "panic",
                        "log_parameter_max_length": 0,
                        "wal_keep_size": "256MB",
                    },
                },
            },
            "initdb": [
                {"encoding": "UTF8"},
                {"locale": "C"},
                {"locale-provider": "builtin"},
                {"builtin-locale": "C.UTF-8"},
                "data-checksums",
            ],
        },
        "postgresql": {
            "listen": f"127.0.0.1:{port}",
            "connect_address": f"127.0.0.1:{node.postgres.port}",
            "data_dir": str(directory / "data"),
            "bin_dir": bin_dir,
            "pgpass": str(directory / "pgpass"),
            "authentication": {
                "superuser": {"username": ADMIN, "password": _PASSWORD},
                "replication": {"username": "replicator", "password": _PASSWORD},
                "rewind": {"username": ADMIN, "password": _PASSWORD},
            },
            "parameters": {"unix_socket_directories": str(directory)},
            "pg_hba": [
                "local all all scram-sha-256",
                "host all all 127.0.0.1/32 scram-sha-256",
                "host replication replicator 127.0.0.1/32 scram-sha-256",
            ],
        },
        "tags": {},
    }
    (directory / "patroni.json").write_text(json.dumps(settings), encoding="utf-8")
    _give_away(made.user, directory, directory / "patroni.json")
    return node


def _start_etcd(ends: contextlib.ExitStack, made: Fleet, package: Debian) -> None:
    (peer,) = _free_ports(1)
    client = f"http://127.0.0.1:{made.etcd_port}"
    peers = f"http://127.0.0.1:{peer}"
    arguments = [
        *("--name", "one", "--data-dir", str(made.directory / "etcd"), "--log-level", "error"),
        *("--listen-client-urls", client, "--advertise-client-urls", client),
        *("--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers),
        *("--initial-cluster", f"one={peers}", "--heartbeat-interval", "500"),
        *("--election-timeout", "5000"),
    ]
    program = str(package.root / "usr/bin/etcd")
    _start(ends, made.directory / "etcd.log", [program, *arguments], None, package.env)
    wait_for(lambda: _answers(made.etcd_port, "/health") or None, "etcd")


def _start_proxy(ends: contextlib.ExitStack, made: Fleet, package: Debian) -> None:
    backends = "\n".join(
        f"    server {node.name} 127.0.0.1:{node.postgres.port} check port {node.rest.port}"
        for node in made.nodes.values()
    )
    file = made.directory / "haproxy.cfg"
    file.write_text(
        "defaults\n    mode tcp\n    timeout connect 3s\n    timeout client 1h\n"
        "    timeout server 1h\n    timeout check 3s\n"
        f"listen primary\n    bind 127.0.0.1:{made.proxy_port}\n"
        "    option httpchk OPTIONS /primary\n    http-check expect status 200\n"
        "    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions\n"
        f"{backends}\n",
        encoding="utf-8",
    )
    program = str(package.root / "usr/sbin/haproxy")
    log = made.directory / "haproxy.log"
    _start(ends, log, [program, "-f", str(file)], None, package.env)


def _start_pooler(ends: contextlib.ExitStack, made: Fleet, command: list[str]) -> None:
    place = made.directory / "pgbouncer"
    place.mkdir()
    users = place / "users.txt"
    users.write_text(
        "".join(f'"{name}" "{LOCAL_PASSWORD}"\n' for name in ("postgres", "authenticator")),
        encoding="utf-8",
    )
    file = place / "pgbouncer.ini"
    file.write_text(
        f"[databases]\n* = host=127.0.0.1 port={made.proxy_port}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {made.pooler_port}\n"
        f"auth_type = scram-sha-256\nauth_file = {users}\npool_mode = transaction\n"
        "max_client_conn = 300\ndefault_pool_size = 40\nunix_socket_dir =\n"
        "server_login_retry = 1\nserver_connect_timeout = 3\nserver_check_delay = 0\n"
        "ignore_startup_parameters = extra_float_digits,options\n",
        encoding="utf-8",
    )
    _give_away(made.user, place, users, file)
    log = made.directory / "pgbouncer.log"
    _start(ends, log, [*command, str(file)], made.user)


def _start(
    ends: contextlib.ExitStack,
    log: Path,
    command: list[str],
    user: ServerUser | None,
    env: dict[str, str] | None = None,
) -> None:
    with log.open("ab") as file:
        process = subprocess.Popen(
            command,
            env={"PATH": os.defpath, **(env or {})},
            stdout=file,
            stderr=file,
            **_as(user),
        )

    def end() -> None:
        process.kill()
        process.wait()

    ends.callback(end)


def _end(node: Node) -> None:
    if node.patroni is None:
        return
    node.signal(signal.SIGCONT)
    node.signal(signal.SIGKILL)
    node.patroni.wait()


def _copy_patroni(directory: Path) -> Path:
    """Copies Patroni where the server's user can read it."""
    target = directory / "site"
    for name in _DISTRIBUTIONS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            for file in importlib.metadata.files(name) or ():
                source = Path(str(file.locate()))
                if ".." in file.parts or "__pycache__" in file.parts or not source.is_file():
                    continue
                copy = target.joinpath(*file.parts)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)
    return target


def _interpreter(user: ServerUser | None) -> str:
    """A Python like this one that the server's user can run."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for path in (Path(sys.executable).resolve(), Path(f"/usr/bin/python{version}")):
        if path.exists() and (user is None or user.can_reach(path.parent)):
            return str(path)
    raise packages.MissingProgramError(
        f"Patroni runs as another user, who can run no Python {version} here: install one for all"
    )


def _as(user: ServerUser | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user.uid, "group": user.gid, "extra_groups": [], "umask": 0o077}


def _give_away(user: ServerUser | None, *paths: Path) -> None:
    if user is not None:
        for path in paths:
            os.chown(path, user.uid, user.gid)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as open_:
        probes = [open_.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _get(port: int, path: str) -> Any:
    return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=3).json()


def _answers(port: int, path: str) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=3).status_code == 200
    except httpx.HTTPError:
        return False


def _url(role: str, password: str, port: int, database: str) -> str:
    return f"postgresql://{role}:{password}@127.0.0.1:{port}/{database}"


def _title(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
