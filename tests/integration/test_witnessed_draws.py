"""A draw 2 by nothing but the commands of README and docs, up to what a stranger's verify says.

Beacon, witness, orchestrator and signer are processes, nobody's clock is moved, and the round is
waited for. Two pots share the wait: one that the witness saw in time, and one that it did not.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from pypot_cli.fairness import note, signing
from pypot_cli.fairness.note import VerifierKey
from pypot_cli.keys import new_secret, write_new_secret
from pypot_cli.rpc import ANON
from tests.support.database import Database
from tests.support.game import assert_clean
from tests.support.lived import SERVICE_ROLE, Game
from tests.support.witness import vkey_of_log, witness

ORIGIN = "log.example/pots"
PATIENCE_SECONDS = 60.0


class Table:
    """A database, the files of its operator, and the commands that both are used by."""

    def __init__(self, db: Database, directory: Path) -> None:
        self.directory = directory
        secrets = {name: write_new_secret(directory / name) for name in "osmbl"}
        self.game = Game(db, *(secrets[name] for name in "osmb"))
        self.log_vkey = vkey_of_log(ORIGIN, secrets["l"])
        self.beacon_key = signing.public_key(secrets["b"].reveal()).hex()
        self.game.api.call(
            SERVICE_ROLE, "register_signing_key", purpose="beacon", public_key=self.beacon_key
        )
        with db.connect() as conn:
            conn.execute("update private.settings set log_origin = %s where only_row", [ORIGIN])
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYPOT_DB_URL": db.url(),
            "PYPOT_ORCHESTRATOR_KEY": str(directory / "o"),
            "PYPOT_SETTLEMENT_KEY": str(directory / "s"),
            "PYPOT_SEED_MASTER_KEY": str(directory / "m"),
            "PYPOT_LOG_KEY": str(directory / "l"),
        }

    @contextlib.contextmanager
    def start(self, *words: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
        """Run a command beside the block, after which it must end as asked."""
        with (self.directory / "services.log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "pypot_cli", *words],
                env=self.environment | environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0

    def run(self, *words: str) -> str:
        """Run a command to its end; what it printed."""
        return subprocess.run(
            [sys.executable, "-m", "pypot_cli", *words],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=True,
        ).stdout

    def full(self) -> str:
        """A pot of draw 2 that is sold out."""
        pot_id = self.game.pot(draw_version=2)
        self.game.fill(pot_id, self.game.users(3))
        return pot_id

    def pot(self, pot_id: str) -> dict[str, Any]:
        """What anyone may see of a pot."""
        found: dict[str, Any] = self.game.api.call(ANON, "get_pot", pot_id=pot_id)
        return found

    def has_stock(self) -> bool:
        """Whether the signer has made commitments for pots to come."""
        with self.game.db.connect() as conn:
            return bool(conn.execute("select from private.commitments limit 1").fetchall())

    def is_cosigned(self, pot_id: str) -> bool:
        """Whether the database has a cosigned checkpoint over the pot's lock and its reveal."""
        with self.game.db.connect() as conn:
            ((found,),) = conn.execute("select private.pot_witness(%s)", [pot_id]).fetchall()
        return found is not None

    def verdict(self, pot_id: str, *keys: str) -> dict[str, Any]:
        """What `pypot verify` says of a pot's export."""
        out = self.directory / f"export of {pot_id}"
        if not out.exists():
            self.run("proof", "export", pot_id, "--out", str(out))
        chain = ("--beacon-chain", str(self.directory / "info.json"))
        found: dict[str, Any] = json.loads(self.run("verify", str(out), "--json", *chain, *keys))
        return found


def wait_until(holds: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def outcomes(verdict: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["outcome"] for each in verdict["checks"]}


def test_a_draw_is_witnessed_by_who_saw_it_in_time_and_by_nobody_else(
    db: Database, tmp_path: Path
) -> None:
    table = Table(db, tmp_path)
    with (
        table.game.api,
        table.start("beacon", "--port", "0", "--key", str(tmp_path / "c")) as beacon,
    ):
        assert beacon.stdout is not None
        told = dict(beacon.stdout.readline().split() for _ in range(4))
        (tmp_path / "info.json").write_text(httpx.get(told["info"]).text)
        trusted = ("--beacon-chain", str(tmp_path / "info.json"))
        table.run("beacon", "register", told["info"], "--use")
        asking = (*trusted, "--beacon-url", told["url"])

        signer = table.start("settle", *asking, PYPOT_BEACON_KEY=str(tmp_path / "b"))
        with contextlib.ExitStack() as services:
            services.enter_context(signer)
            with witness(tmp_path, table.log_vkey) as watcher:
                # The timer has an hour to go: that a lock or a reveal is there is what wakes it.
                publishing = ("--checkpoint-every", "3600", "--witness", watcher.url)
                services.enter_context(table.start("orchestrate", *trusted, *publishing))
                wait_until(table.has_stock)
                seen = table.full()
                wait_until(lambda: table.is_cosigned(seen))
                assert table.pot(seen)["status"] == "settling"
                vkey, port = str(watcher.vkey), int(watcher.url.rpartition(":")[2])
            unseen = table.full()
            # Both may wait for one round, and then nothing says which is drawn first.
            wait_until(
                lambda: {table.pot(each)["status"] for each in (seen, unseen)} == {"settled"}
            )
            assert not table.is_cosigned(unseen)
            # It comes back, and cosigns what it sees now: after the round.
            with witness(tmp_path, table.log_vkey, port=port):
                wait_until(lambda: table.is_cosigned(unseen))

    keys = ("--witness-key", vkey, "--log-key", str(table.log_vkey))
    found = table.verdict(seen, *keys)
    assert (found["valid"], found["witnessed"]) == (True, True), found
    shown = ("locked row", "revealed row", "rows in order", "log key", "witness")
    assert {outcomes(found)[name] for name in shown} == {"ok"}
    late = table.verdict(unseen, *keys)
    assert (late["valid"], late["witnessed"]) == (True, False), late
    assert outcomes(late) == {**outcomes(found), "witness": "unwitnessed"}
    (why,) = (each["detail"] for each in late["checks"] if each["name"] == "witness")
    assert "which is not before the round" in why
    # Whoever trusts another witness has nobody's word for either.
    public_key = signing.public_key(new_secret().reveal())
    other = VerifierKey(watcher.vkey.name, note.COSIGNATURE_V1, public_key)
    assert table.verdict(seen, "--witness-key", str(other))["witnessed"] is False
    assert_clean(db)
