"""What the demo plays on: a fresh PostgreSQL 17, keys made on the spot, services and a beacon.

Secrets are made by `pypot keys new` and read by the two services only: this process learns their
public halves. Each service is a process and logs in as a role of its own that may become its one
database role.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import UUID

import httpx
from psycopg import sql

from pypot_cli import db
from pypot_cli.beacon import registry, source
from pypot_cli.db.connection import query
from pypot_cli.db.throwaway import throwaway_cluster
from pypot_cli.errors import PypotError
from pypot_cli.rpc import Api, Caller, login_url

T = TypeVar("T")

PATIENCE_SECONDS = 120.0
"""How long to wait for what a service has to do: it takes moments, unless the machine is busy."""

STOCK = 40
"""Commitments the signer keeps, besides one a pot of the main game."""

_STOP_SECONDS = 20.0
_POLL = "0.1"


class DemoError(PypotError):
    """The demo cannot go on: what it waited for did not happen."""


@dataclass
class Service:
    """A service or the beacon, a process that has nothing but its own secrets and login."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the process; it logs to `log`."""
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C ends the demo, and the demo ends its services.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pypot_cli", self.name, *self.arguments],
                env={"PATH": os.environ.get("PATH", os.defpath), **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self) -> int | None:
        """Ask the process to end after its step, and wait; returns its exit code."""
        if self._process is None:
            return None
        self._process.terminate()
        try:
            code = self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._process = None
        return code

    def require_alive(self) -> None:
        """Raise DemoError if the process ended by itself."""
        if self._process is not None and self._process.poll() is not None:
            raise DemoError(f"pypot {self.name} ended with {self._process.returncode}: {self.why}")

    @property
    def why(self) -> str:
        """The last line of its log that says something went wrong, or the last line."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        wrong = [line for line in lines if "refused" in line or not line.startswith("{")]
        return (wrong or lines or ["it logged nothing"])[-1]


@dataclass
class Stage:
    """The running database and services, and how to reach them."""

    directory: Path
    url: str
    admin_url: str
    orchestrator_key: str
    settlement_key: str
    beacon_info: Path
    """The /info of the beacon of its draws of version 2."""
    orchestrator: Service
    settlement: Service
    beacon: Service

    @property
    def login(self) -> str:
        """The URL that calls of the API log in with."""
        return login_url(self.url)

    def sign_up(self, users: Sequence[UUID]) -> None:
        """Make users, as the authentication service would."""
        with db.connect(self.admin_url) as conn:
            conn.execute(query("demo_users"), [list(users)])

    def fill_times(self) -> dict[str, float]:
        """Return seconds from first join to lock of each locked pot."""
        with db.connect(self.url) as conn:
            return {
                str(pot_id): float(took) for pot_id, took in conn.execute(query("demo_fill_times"))
            }

    def wait_for(self, what: str, look: Callable[[], T | None]) -> T:
        """Return the first answer of `look` that is not None.

        Raises DemoError when a service ends meanwhile, or after PATIENCE_SECONDS, naming `what`.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (answer := look()) is None:
            for service in (self.orchestrator, self.settlement, self.beacon):
                service.require_alive()
            if time.monotonic() > deadline:
                raise DemoError(
                    f"waited {PATIENCE_SECONDS:.0f} s in vain for {what}; the services' last"
                    f" words: {self.orchestrator.why} / {self.settlement.why}"
                )
            time.sleep(0.05)
        return answer


@contextlib.contextmanager
def open_stage(say: Callable[[str], None], pots: int) -> Iterator[Stage]:
    """Start everything in a temporary directory; stop it and remove the directory at the end."""
    with throwaway_cluster("demo", say) as (directory, cluster), contextlib.ExitStack() as cleaning:
        # In a directory that others may walk through.
        (directory / "keys").mkdir(mode=0o700)

        say("making three Ed25519 keys and the seeds' master key")
        orchestrator_key = new_key(directory / "keys", "orchestrator")
        settlement_key = new_key(directory / "keys", "settlement")
        beacon_key = new_key(directory / "keys", "beacon")
        new_key(directory / "keys", "seed-master")
        keys = {"orchestrator": orchestrator_key, "settlement": settlement_key}
        _register(cluster.url("authenticator"), {**keys, "beacon": beacon_key})

        say("starting pypot beacon, which stands in for drand")
        arguments = ["--port", "0", "--key", str(directory / "keys" / "local-beacon")]
        beacon = Service("beacon", arguments, {}, directory / "beacon.log")
        cleaning.callback(beacon.stop)
        beacon.start()
        told = _description(beacon)
        info = directory / "beacon.json"
        info.write_text(httpx.get(told["info"]).text)
        registry.register(cluster.url("authenticator"), source.read_chain(str(info)), use=True)
        remembering = ["--journal", str(directory / "locks.sqlite")]
        trusting = ["--beacon-chain", str(info), "--beacon-url", told["url"]]

        say("starting pypot orchestrate and pypot settle, each with its own secrets alone")
        orchestrator = _service(
            cluster,
            directory,
            "orchestrate",
            "pot_orchestrator",
            [*remembering, *trusting],
            {"PYPOT_ORCHESTRATOR_KEY": "orchestrator", "PYPOT_BEACON_KEY": "beacon"},
        )
        settlement = _service(
            cluster,
            directory,
            "settle",
            "pot_settlement",
            [
                *("--stock", str(STOCK + pots), "--orchestrator-key", orchestrator_key),
                *remembering,
                *trusting,
            ],
            {
                "PYPOT_SETTLEMENT_KEY": "settlement",
                "PYPOT_SEED_MASTER_KEY": "seed-master",
                "PYPOT_BEACON_KEY": "beacon",
            },
        )
        for service in (settlement, orchestrator):
            cleaning.callback(service.stop)
            service.start()
        yield Stage(
            directory,
            cluster.url(),
            cluster.admin_url(),
            orchestrator_key,
            settlement_key,
            info,
            orchestrator,
            settlement,
            beacon,
        )


def new_key(directory: Path, purpose: str) -> str:
    """Have another process make a secret; return its public key, empty for the seeds' master."""
    made = pypot("keys", "new", "--out", str(directory / purpose), "--purpose", purpose, "--json")
    if made.returncode != 0:
        raise DemoError(made.stderr.strip() or "pypot keys new failed")
    public_key: str = json.loads(made.stdout).get("public_key", "")
    return public_key


def pypot(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a pypot command as a process of its own, in English and without our environment."""
    return subprocess.run(
        [sys.executable, "-m", "pypot_cli", *arguments],
        env={"PATH": os.environ.get("PATH", os.defpath), "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _description(beacon: Service) -> dict[str, str]:
    """Return what the beacon says of itself when it starts."""
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        beacon.require_alive()
        lines = beacon.log.read_text(encoding="utf-8").splitlines()
        told = {line.split()[0]: line.split()[-1] for line in lines if line}
        if "public_key" in told:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(told["info"])
                return told
        time.sleep(0.05)
    raise DemoError("pypot beacon did not start")


def _register(url: str, keys: Mapping[str, str]) -> None:
    with Api(url) as api:
        for purpose, key in keys.items():
            api.call(
                Caller("service_role"), "register_signing_key", purpose=purpose, public_key=key
            )


def _service(
    cluster: db.Cluster,
    directory: Path,
    name: str,
    role: str,
    arguments: Sequence[str],
    keys: Mapping[str, str],
) -> Service:
    environment = {variable: str(directory / "keys" / file) for variable, file in keys.items()}
    environment["PYPOT_DB_URL"] = _login(cluster, f"demo_{name}", role)
    return Service(name, ["--poll", _POLL, *arguments], environment, directory / f"{name}.log")


def _login(cluster: db.Cluster, login: str, role: str) -> str:
    """Make a login that may become `role` and nothing else; return its URL."""
    password = secrets.token_urlsafe(24)
    statement = sql.SQL(query("demo_login").decode()).format(
        login=sql.Identifier(login), role=sql.Identifier(role), password=sql.Literal(password)
    )
    with db.connect(cluster.admin_url()) as conn:
        conn.execute(statement)
    parts = urlsplit(cluster.url())
    place = f"{parts.hostname}:{parts.port}"
    return urlunsplit(parts._replace(netloc=f"{login}:{quote(password, safe='')}@{place}"))
