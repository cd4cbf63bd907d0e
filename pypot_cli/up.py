"""Everything at once, for development: database, API, beacon, services, something to play with."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from pypot_cli import config, db, key_registry, keys, web
from pypot_cli.beacon import registry, source
from pypot_cli.errors import PypotError
from pypot_cli.fairness import signing
from pypot_cli.interrupts import SignalEvent, handled
from pypot_cli.keys import KeyPurpose, Secret
from pypot_cli.processes import command, read_description
from pypot_cli.rpc import Api, Caller, login_url

PLAYER = "player@example.com"
OFFICER = "officer@example.com"
PASSWORD = "community-pots"  # noqa: S105 (of both, for development, printed on purpose)
CREDITS = 10_000

_TEMPLATES: Mapping[str, Mapping[str, int]] = {
    "small": {"entry_cost": 1, "max_tickets": 10, "max_per_user": 5},
    "medium": {"entry_cost": 10, "max_tickets": 50, "max_per_user": 10, "draw_version": 2},
    "large": {"entry_cost": 100, "max_tickets": 200, "max_per_user": 20},
}


def up(
    data_dir: Path,
    port: int,
    db_port: int | None,
    web_port: int | None,
    say: Callable[[str], None],
) -> int:
    """Start everything, say how to reach it, wait for SIGINT or SIGTERM, stop; return 0.

    The lobby is left out when `web_port` is None.
    A database that ran before is left running. Raises PypotError when something does not start, or
    ends by itself.
    """
    if web_port is not None:
        with _or_without_the_lobby():
            web.require_node()
    stop = SignalEvent()
    was_running = _runs(data_dir)
    # Asked again while it stops, it still stops all of them.
    with handled(lambda *_: stop.set()), contextlib.ExitStack() as started:
        url = db.up(data_dir, db_port)
        if not was_running:
            started.callback(db.down, data_dir)
        environment = {**os.environ, "PYPOT_DB_URL": url, **_keys(url)}
        beacon = started.enter_context(command(environment, "beacon", "--port", "0"))
        info = read_description(beacon, last="public_key")["info"]
        registry.register(url, source.read_chain(info), use=True)
        remembering = ("--journal", str(config.STATE_DIR / "locks.sqlite"))
        trusting = ("--beacon-chain", info, "--beacon-url", _origin(info))
        _templates(url)
        processes = {
            name: started.enter_context(command(environment, *arguments))
            for name, arguments in {
                "api": ("api", "--port", str(port)),
                "settle": ("settle", "--instance", "up", *remembering, *trusting),
                "orchestrate": ("orchestrate", *remembering, *trusting),
            }.items()
        } | {"beacon": beacon}
        told = read_description(processes["api"], last="secret_key")
        watched: dict[str, subprocess.Popen[str] | subprocess.Popen[bytes]] = {**processes}
        _people(url, told)
        for name in ("url", "anon_key"):
            say(f"{name:<18}{told[name]}")
        if web_port is not None:
            say("building the lobby, the first time for a minute …")
            chain = httpx.get(info, timeout=20).text
            with _or_without_the_lobby():
                page, address = web.start(told["url"], told["anon_key"], web_port, chain)
            started.callback(web.stop, page)
            watched["web"] = page
            say(f"{'lobby':<18}{address}")
        say(f"{'beacon':<18}{info}")
        say(f"{'player':<18}{PLAYER}")
        say(f"{'officer':<18}{OFFICER}")
        say(f"{'password':<18}{PASSWORD}")
        say("Ctrl-C stops everything")
        while not stop.wait(0.2):
            for name, process in watched.items():
                if process.poll() is not None:
                    raise PypotError(f"pypot {name} ended by itself with {process.returncode}")
    return 0


@contextlib.contextmanager
def _or_without_the_lobby() -> Iterator[None]:
    try:
        yield
    except PypotError as error:
        raise PypotError(f"{error}; --no-web leaves the lobby out") from None


def _runs(data_dir: Path) -> bool:
    if config.external_database_url() is not None:
        return True
    try:
        db.url(data_dir)
    except PypotError:
        return False
    return True


def _keys(url: str) -> dict[str, str]:
    """Make the keys that are missing, register their public halves; return where they are."""
    variables = {
        KeyPurpose.ORCHESTRATOR: "PYPOT_ORCHESTRATOR_KEY",
        KeyPurpose.SETTLEMENT: "PYPOT_SETTLEMENT_KEY",
        KeyPurpose.BEACON: "PYPOT_BEACON_KEY",
        KeyPurpose.SEED_MASTER: "PYPOT_SEED_MASTER_KEY",
    }
    files = {}
    for purpose, variable in variables.items():
        file = config.STATE_DIR / "keys" / f"{purpose}.key"
        secret = _key(file)
        if purpose.signs:
            key_registry.register(url, purpose, signing.public_key(secret.reveal()))
        files[variable] = str(file)
    return files


def _key(file: Path) -> Secret:
    return keys.load_secret(str(file)) if file.exists() else keys.write_new_secret(file)


def _templates(url: str) -> None:
    with Api(login_url(url)) as api:
        for name, terms in _TEMPLATES.items():
            api.call(Caller("pot_orchestrator"), "upsert_pot_template", name=name, **terms)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _people(url: str, told: Mapping[str, str]) -> None:
    """Sign a player and an officer up for development: each has what they need from the start."""
    player, officer = (_user(told, email) for email in (PLAYER, OFFICER))
    with Api(login_url(url)) as api:
        api.call(
            Caller("pot_treasury"),
            "grant_credits",
            user_id=player,
            amount=CREDITS,
            reason="to play with",
            idempotency_key=f"pypot up {player}",
        )
        api.call(
            Caller("service_role"),
            "set_officer",
            user_id=officer,
            officer=True,
            reason="for development",
        )


def _user(told: Mapping[str, str], email: str) -> str:
    """Return the id of a user of that address, signed up unless that was done before."""
    credentials = {"email": email, "password": PASSWORD}
    with httpx.Client(base_url=told["url"], headers={"apikey": told["anon_key"]}) as client:
        for path in ("/auth/v1/token?grant_type=password", "/auth/v1/signup"):
            answer = client.post(path, json=credentials)
            if answer.is_success:
                return str(answer.json()["user"]["id"])
    raise PypotError(f"{email} can neither log in nor sign up ({answer.status_code})")
