"""Whatever kills a service, and whenever: it is started again, and every pot ends once.

Each service is killed by SIGKILL before and after each of its steps, all of them and not a sample:
`pypot_cli.steps.Step` names them (those of beacons are killed in test_beacon_kills, those of
checkpoints in test_checkpoint_kills, those of webhooks in test_webhook_kills); the signer also
where it has the API alone, by supabase-py. Two of each run at once. The database and the API
restart under them.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from pypot_cli import check
from pypot_cli.fairness.draw import sha256
from pypot_cli.keys import load_secret, write_new_secret
from pypot_cli.rpc import ANON
from pypot_cli.seed_store import SeedStore
from pypot_cli.seeds import LostSeedError
from pypot_cli.steps import Step
from tests.faults.test_checkpoint_kills import CHECKPOINT_STEPS
from tests.faults.test_webhook_kills import WEBHOOK_STEPS
from tests.support.api import running
from tests.support.beacon import Draws, serving
from tests.support.database import Database
from tests.support.lived import ORCHESTRATOR, Game

SIGNER_STEPS = (Step.RESTOCK, Step.CLAIM, Step.RECOMPUTE_CLAIM, Step.NOTE_REVEAL, Step.REVEAL)
ORCHESTRATOR_STEPS = (
    Step.ROTATE,
    Step.RUN_DUE,
    Step.RECOMPUTE_LOCK,
    Step.NOTE_LOCK,
    Step.ATTEST,
    Step.WATCH,
)
BEACON_STEPS = (Step.RECOMPUTE_BEACON, Step.FETCH_BEACON, Step.SUBMIT_BEACON)
WAYS = (
    ("orchestrate", "database", ORCHESTRATOR_STEPS),
    ("settle", "database", SIGNER_STEPS),
    ("settle", "api", SIGNER_STEPS),
)
MATRIX = [
    (service, way, f"{moment} {step}")
    for service, way, steps in WAYS
    for step in steps
    for moment in ("before", "after")
]
TERMS = {"entry_cost": 10, "max_tickets": 10, "max_per_user": 4}
PATIENCE_SECONDS = 30.0


class Services:
    """Both services as processes with the game's keys in files."""

    def __init__(self, db: Database, directory: Path) -> None:
        secrets = {name: write_new_secret(directory / name) for name in "osmk"}
        self.game = Game(db, secrets["o"], secrets["s"], secrets["m"])
        self.directory = directory
        self._running: list[subprocess.Popen[bytes]] = []

    def start(
        self, service: str, *arguments: str, crash_at: str | None = None, api: str | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a service over the database or, with its address, over the API alone."""
        environment = {
            "PATH": os.environ["PATH"],
            "PYPOT_ORCHESTRATOR_KEY": str(self.directory / "o"),
            "PYPOT_SETTLEMENT_KEY": str(self.directory / "s"),
            "PYPOT_SEED_MASTER_KEY": str(self.directory / "m"),
            "PYPOT_SEED_STORE_KEY": str(self.directory / "k"),
        }
        if api is None:
            environment["PYPOT_DB_URL"] = self.game.db.url()
        else:
            environment |= {"SUPABASE_URL": api, "SUPABASE_KEY": "sb_publishable_a_test"}
        if crash_at:
            environment["PYPOT_CRASH_AT"] = crash_at
        with (self.directory / f"{service}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "pypot_cli", service, *arguments],
                env=environment,
                stdout=log,
                stderr=log,
            )
        self._running.append(process)
        return process

    def start_api(self, port: int = 0) -> tuple[subprocess.Popen[bytes], str]:
        """Start the API as a process; return it and its address."""
        log = self.directory / "api.log"
        said = log.stat().st_size if log.exists() else 0
        process = self.start("api", "--port", str(port))
        found: list[str] = []

        def answers() -> bool:
            found[:] = re.findall(r"^url +(\S+)$", log.read_text()[said:], re.MULTILINE)
            try:
                return bool(found) and httpx.get(f"{found[0]}/health").is_success
            except httpx.TransportError:
                return False

        wait_until(answers)
        return process, found[0]

    def stop(self) -> None:
        for process in reversed(self._running):
            process.terminate()
            process.wait(PATIENCE_SECONDS)


@pytest.fixture
def services(db: Database, tmp_path: Path) -> Iterator[Services]:
    services = Services(db, tmp_path)
    with services.game.api:
        services.game.settlement.round()
        yield services
        services.stop()


def status(game: Game, pot_id: str) -> str:
    found: str = game.api.call(ANON, "get_pot", pot_id=pot_id)["status"]
    return found


def actions(game: Game, pot_id: str) -> list[str]:
    return [row["action"] for row in game.api.rows(ANON, "get_audit_chain", pot_id=pot_id)]


def assert_clean(db: Database) -> None:
    broken = [each.name for each in check.check_database(db.url()) if not each.holds]
    assert broken == []


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_the_matrix_has_every_step() -> None:
    # The witness is killed in tests/faults/test_killed_witness.py.
    tried = {
        *ORCHESTRATOR_STEPS,
        *SIGNER_STEPS,
        *BEACON_STEPS,
        *CHECKPOINT_STEPS,
        *WEBHOOK_STEPS,
    }
    # REPORT_SPENT takes a restored database: tests/faults/test_restored_database.py.
    assert tried == set(Step) - {Step.REMEMBER, Step.REPORT_SPENT}
    assert len(MATRIX) == 2 * (len(ORCHESTRATOR_STEPS) + 2 * len(SIGNER_STEPS))


@pytest.mark.parametrize(("service", "way", "moment"), MATRIX)
def test_a_killed_service_starts_again_and_every_pot_ends_once(
    services: Services, service: str, way: str, moment: str
) -> None:
    game = services.game
    # The round is an hour away: however slow this machine is, the reveal is in time.
    draws = Draws(game, genesis_time=int(time.time()), period=3600)
    (services.directory / "info.json").write_text(json.dumps(draws.beacon.info()))
    users = game.users(3)
    drawn = game.pot(draw_version=2)
    game.fill(drawn, users)
    lonely = game.pot(fill_seconds=1)
    game.join(lonely, users[0], 2)
    full, full_too = game.pot(), game.pot()
    game.fill(full, users)
    game.fill(full_too, users, (4, 2, 4))
    game.api.call(ORCHESTRATOR, "upsert_pot_template", name="small", open_pots=2, **TERMS)
    if service == "settle":
        draws.orchestrator.round()
    time.sleep(1.1)

    # By its name the signer that is started again has the lease of the one that was killed.
    as_one = ["--stock", "30", "--instance", "one"] if service == "settle" else []
    as_one += ["--beacon-chain", str(services.directory / "info.json")]
    as_one += ["--journal", str(services.directory / f"{service}.sqlite")]
    with running(game.db) if way == "api" else contextlib.nullcontext() as api:
        url = api.url if api is not None else None
        killed = services.start(service, "--once", *as_one, crash_at=moment, api=url)
        assert killed.wait(PATIENCE_SECONDS) == -9
        assert services.start(service, "--once", *as_one, api=url).wait(PATIENCE_SECONDS) == 0
    draws.orchestrator.round()
    draws.settlement.round()

    assert actions(game, lonely) == ["created", "cancelled"]
    ended = ["created", "locked", "attested", "claimed", "revealed", "settled"]
    assert actions(game, full) == actions(game, full_too) == ended
    assert len(game.api.rows(ANON, "list_pots", status="open")) == 2
    assert draws.orchestrator.round() == 0
    assert actions(game, drawn) == ended[:-1]
    draws.set_clocks(3700.0)
    with serving(draws.beacon) as url:
        assert draws.submitter(url).round() == 1
    assert actions(game, drawn) == ended
    assert_clean(game.db)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_no_commitment_is_registered_whose_seed_is_not_kept(
    services: Services, tmp_path: Path, moment: str
) -> None:
    store = tmp_path / "seeds"
    arguments = ["settle", "--once", "--stock", "40", "--seed-store", str(store)]
    killed = services.start(*arguments, crash_at=f"{moment} restock")
    assert killed.wait(PATIENCE_SECONDS) == -9
    assert services.start(*arguments).wait(PATIENCE_SECONDS) == 0
    kept = SeedStore(store, load_secret(str(tmp_path / "k")))
    with services.game.db.connect() as conn:
        stock = conn.execute(
            "select pot_id, commit_hash from private.commitments order by position"
        ).fetchall()
    assert len(stock) == 40
    # Those of the master key came before, with its probe.
    before, registered = stock[:20], stock[20:]
    assert {kept.probe().round_id} <= {pot_id for pot_id, _ in registered}
    for pot_id, commit_hash in registered:
        assert sha256(kept.seed_of(pot_id).reveal()).hex() == commit_hash
    for pot_id, _ in before:
        with pytest.raises(LostSeedError):
            kept.seed_of(pot_id)


def test_two_of_each_each_killed_once_settle_every_pot_once(services: Services) -> None:
    game = services.game
    users = game.users(3, balance=10_000)
    pots = [game.pot() for _ in range(12)]
    # Each signer is another one; what a killed one held is free when its lease has ended.
    with game.db.admin() as conn:
        conn.execute("update private.settings set claim_lease = '1 second' where only_row")
    _, url = services.start_api()
    # One signer has the database, the other one the API alone.
    kinds = (("orchestrate", None), ("settle", None), ("orchestrate", None), ("settle", url))
    started = [services.start(name, "--poll", "0.1", api=api) for name, api in kinds]
    for number, pot_id in enumerate(pots):
        game.fill(pot_id, users)
        if number % 3 == 2:
            # One after another, while the others work on.
            name, api = kinds[number // 3]
            started[number // 3].kill()
            assert started[number // 3].wait() == -9
            services.start(name, "--poll", "0.1", api=api)
    wait_until(lambda: all(status(game, each) == "settled" for each in pots))
    for pot_id in pots:
        assert [actions(game, pot_id).count(each) for each in ("attested", "settled")] == [1, 1]
    services.stop()
    assert_clean(game.db)


def test_services_come_back_by_themselves_when_the_database_does(services: Services) -> None:
    game = services.game
    users = game.users(3, balance=10_000)
    first, second = game.pot(), game.pot()
    running = [services.start(name, "--poll", "0.2") for name in ("orchestrate", "settle")]
    game.fill(first, users)
    wait_until(lambda: status(game, first) == "settled")

    cluster = game.db.cluster
    port = cluster.port()
    cluster.stop()
    time.sleep(0.5)
    assert cluster.start() == port
    game.api.close()
    game.fill(second, users)
    wait_until(lambda: status(game, second) == "settled")
    assert [process.poll() for process in running] == [None, None]
    services.stop()
    assert_clean(game.db)


def test_services_go_on_when_the_api_between_them_is_killed(services: Services) -> None:
    """The signer has the API alone, which dies between a lock and its reveal."""
    game = services.game
    users = game.users(3, balance=10_000)
    pots = [game.pot() for _ in range(4)]
    api, url = services.start_api()
    running = [
        services.start("orchestrate", "--poll", "0.2"),
        services.start("settle", "--poll", "0.2", api=url),
    ]
    game.fill(pots[0], users)
    wait_until(lambda: status(game, pots[0]) == "settled")

    api.kill()
    assert api.wait() == -9
    game.fill(pots[1], users)
    wait_until(lambda: "attested" in actions(game, pots[1]))
    assert status(game, pots[1]) == "locked"
    api, again = services.start_api(int(url.rpartition(":")[2]))
    assert again == url
    wait_until(lambda: status(game, pots[1]) == "settled")

    # And asked to end, as a deployment does.
    api.terminate()
    assert api.wait(PATIENCE_SECONDS) == 0
    game.fill(pots[2], users)
    services.start_api(int(url.rpartition(":")[2]))
    game.fill(pots[3], users)
    wait_until(lambda: {status(game, each) for each in pots} == {"settled"})
    assert [process.poll() for process in running] == [None, None]
    services.stop()
    assert_clean(game.db)
