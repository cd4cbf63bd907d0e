"""Whatever kills a service, and whenever: it is started again, and every pot ends once.

Each service is killed by SIGKILL before and after each of its steps, all of them and not a sample:
`pypot_cli.steps.Step` names them. Two of each run at once, and the database restarts under them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pypot_cli import check
from pypot_cli.keys import write_new_secret
from pypot_cli.rpc import ANON
from pypot_cli.steps import Step
from tests.support.database import Database
from tests.support.lived import ORCHESTRATOR, Game

SIGNER_STEPS = (Step.RESTOCK, Step.CLAIM, Step.RECOMPUTE_CLAIM, Step.REVEAL)
ORCHESTRATOR_STEPS = (Step.ROTATE, Step.RUN_DUE, Step.RECOMPUTE_LOCK, Step.ATTEST)
MATRIX = [
    (service, f"{moment} {step}")
    for service, steps in (("orchestrate", ORCHESTRATOR_STEPS), ("settle", SIGNER_STEPS))
    for step in steps
    for moment in ("before", "after")
]
TERMS = {"entry_cost": 10, "max_tickets": 10, "max_per_user": 4}
PATIENCE_SECONDS = 30.0


class Services:
    """Both services as processes with the game's keys in files."""

    def __init__(self, db: Database, directory: Path) -> None:
        secrets = {name: write_new_secret(directory / name) for name in ("o", "s", "m")}
        self.game = Game(db, secrets["o"], secrets["s"], secrets["m"])
        self._directory = directory
        self._running: list[subprocess.Popen[bytes]] = []

    def start(
        self, service: str, *arguments: str, crash_at: str | None = None
    ) -> subprocess.Popen[bytes]:
        environment = {
            "PATH": os.environ["PATH"],
            "PYPOT_DB_URL": self.game.db.url(),
            "PYPOT_ORCHESTRATOR_KEY": str(self._directory / "o"),
            "PYPOT_SETTLEMENT_KEY": str(self._directory / "s"),
            "PYPOT_SEED_MASTER_KEY": str(self._directory / "m"),
        }
        if crash_at:
            environment["PYPOT_CRASH_AT"] = crash_at
        with (self._directory / f"{service}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "pypot_cli", service, *arguments],
                env=environment,
                stderr=log,
            )
        self._running.append(process)
        return process

    def stop(self) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
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
    assert {*ORCHESTRATOR_STEPS, *SIGNER_STEPS} == set(Step)
    assert len(MATRIX) == 2 * len(Step)


@pytest.mark.parametrize(("service", "moment"), MATRIX)
def test_a_killed_service_starts_again_and_every_pot_ends_once(
    services: Services, service: str, moment: str
) -> None:
    game = services.game
    users = game.users(3)
    lonely = game.pot(fill_seconds=1)
    game.join(lonely, users[0], 2)
    full, full_too = game.pot(), game.pot()
    game.fill(full, users)
    game.fill(full_too, users, (4, 2, 4))
    game.api.call(ORCHESTRATOR, "upsert_pot_template", name="small", open_pots=2, **TERMS)
    if service == "settle":
        game.orchestrator.round()
    time.sleep(1.1)

    arguments = ["--once", *(["--stock", "30"] if service == "settle" else [])]
    assert services.start(service, *arguments, crash_at=moment).wait(PATIENCE_SECONDS) == -9
    assert services.start(service, *arguments).wait(PATIENCE_SECONDS) == 0
    game.orchestrator.round()
    game.settlement.round()

    assert actions(game, lonely) == ["created", "cancelled"]
    ended = ["created", "locked", "attested", "claimed", "revealed", "settled"]
    assert actions(game, full) == actions(game, full_too) == ended
    assert len(game.api.rows(ANON, "list_pots", status="open")) == 2
    assert game.orchestrator.round() == 0
    assert_clean(game.db)


def test_two_of_each_each_killed_once_settle_every_pot_once(services: Services) -> None:
    game = services.game
    users = game.users(3, balance=10_000)
    pots = [game.pot() for _ in range(12)]
    names = ("orchestrate", "settle")
    running = [services.start(name, "--poll", "0.1") for name in names * 2]
    for number, pot_id in enumerate(pots):
        game.fill(pot_id, users)
        if number % 3 == 2:
            # One after another, while the others work on.
            killed = number // 3
            running[killed].kill()
            assert running[killed].wait() == -9
            running[killed] = services.start(names[killed % 2], "--poll", "0.1")
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
