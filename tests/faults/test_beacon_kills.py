"""Whatever kills who submits a beacon, and whenever: every draw that waits for one ends once.

Both services, the signer where it has the API alone, and the third party are killed by SIGKILL
before and after each step of a beacon. Two of each run at once, are killed and started again, and
wait for a round that really comes half a minute after the lock.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pypot_cli.beacon.local import LocalBeacon
from pypot_cli.keys import write_new_secret
from pypot_cli.rpc import ANON
from pypot_cli.steps import Step
from tests.support.api import running
from tests.support.beacon import Draws, serving
from tests.support.clocks import clock_set
from tests.support.database import Database
from tests.support.game import assert_clean
from tests.support.lived import AWAITED_SECONDS, Game, revealed

BEACON_STEPS = (Step.RECOMPUTE_BEACON, Step.FETCH_BEACON, Step.SUBMIT_BEACON)
MATRIX = [
    (command, way, f"{moment} {step}")
    for command, way in (
        ("orchestrate", "database"),
        ("settle", "api"),
        ("beacon submit", "database"),
    )
    for step in BEACON_STEPS
    for moment in ("before", "after")
]
ENDED = ["created", "locked", "attested", "claimed", "revealed", "settled"]
PATIENCE_SECONDS = 60.0


class Parties:
    """Both services and a third party as processes, with their keys in files."""

    def __init__(self, db: Database, directory: Path) -> None:
        self.directory = directory
        self.secrets = {name: write_new_secret(directory / name) for name in "osmb"}
        self.db = db
        self._running: list[subprocess.Popen[bytes]] = []

    def game(self) -> Game:
        """A game by those keys."""
        return Game(
            self.db, self.secrets["o"], self.secrets["s"], self.secrets["m"], self.secrets["b"]
        )

    def start(
        self,
        command: str,
        beacon: LocalBeacon,
        beacon_url: str,
        *arguments: str,
        crash_at: str = "",
        api: str | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start one of them over the database or, with its address, over the API alone."""
        info = self.directory / "info.json"
        info.write_text(json.dumps(beacon.info()))
        reach = (
            {"PYPOT_DB_URL": self.db.url()}
            if api is None
            else {"SUPABASE_URL": api, "SUPABASE_KEY": "sb_publishable_a_test"}
        )
        with (self.directory / "log").open("ab") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "pypot_cli", *command.split(), *arguments),
                    *("--beacon-chain", str(info), "--beacon-url", beacon_url),
                ],
                env={
                    "PATH": os.environ["PATH"],
                    "PYPOT_ORCHESTRATOR_KEY": str(self.directory / "o"),
                    "PYPOT_SETTLEMENT_KEY": str(self.directory / "s"),
                    "PYPOT_SEED_MASTER_KEY": str(self.directory / "m"),
                    "PYPOT_BEACON_KEY": str(self.directory / "b"),
                    "PYPOT_CRASH_AT": crash_at,
                    **reach,
                },
                stdout=log,
                stderr=log,
            )
        self._running.append(process)
        return process

    def told(self) -> str:
        """What all of them logged."""
        return (self.directory / "log").read_text()

    def stop(self) -> None:
        """End all of them."""
        for process in reversed(self._running):
            process.terminate()
            process.wait(PATIENCE_SECONDS)


@pytest.fixture
def parties(db: Database, tmp_path: Path) -> Iterator[Parties]:
    made = Parties(db, tmp_path)
    yield made
    made.stop()


def actions(game: Game, pot_id: str) -> list[str]:
    return [row["action"] for row in game.api.rows(ANON, "get_audit_chain", pot_id=pot_id)]


def test_the_matrix_has_every_step_of_a_beacon() -> None:
    assert set(BEACON_STEPS) == {each for each in Step if "beacon" in each}
    assert len(MATRIX) == 3 * 2 * len(BEACON_STEPS)


@pytest.mark.parametrize(("command", "way", "moment"), MATRIX)
def test_who_is_killed_at_a_beacon_starts_again_and_every_draw_ends_once(
    parties: Parties, command: str, way: str, moment: str
) -> None:
    with clock_set(parties.db, -AWAITED_SECONDS):
        game = parties.game()
        game.settlement.round()
        pots, beacon = revealed(game, game.users(3), 2)
    with (
        game.api,
        serving(beacon) as beacon_url,
        running(parties.db) if way == "api" else contextlib.nullcontext() as api,
    ):
        url = None if api is None else api.url
        killed = parties.start(command, beacon, beacon_url, "--once", crash_at=moment, api=url)
        assert killed.wait(PATIENCE_SECONDS) == -9
        again = parties.start(command, beacon, beacon_url, "--once", api=url)
        assert again.wait(PATIENCE_SECONDS) == 0
        assert [actions(game, pot_id) for pot_id in pots] == [ENDED, ENDED]
    assert_clean(parties.db)


def test_two_of_each_each_killed_once_end_every_draw_once(parties: Parties) -> None:
    game = parties.game()
    with game.api:
        game.settlement.round()
        draws = Draws(game, key=parties.secrets["b"])
        users = game.users(3, balance=10_000)
        pots = [game.pot(draw_version=2) for _ in range(4)]
        with serving(draws.beacon) as beacon_url:
            commands = ("orchestrate", "settle", "beacon submit")

            def start(number: int) -> subprocess.Popen[bytes]:
                command = commands[number % 3]
                # By its name a signer has what it held again: a reveal has some 20 seconds.
                named = ["--instance", f"signer {number}"] if command == "settle" else []
                return parties.start(command, draws.beacon, beacon_url, "--poll", "0.2", *named)

            up = [start(number) for number in range(6)]
            for pot_id in pots:
                game.fill(pot_id, users)

            def statuses() -> list[str]:
                return [draws.pot(pot_id)["status"] for pot_id in pots]

            deadline = time.monotonic() + 2 * PATIENCE_SECONDS
            number = 0
            while set(statuses()) != {"settled"}:
                assert time.monotonic() < deadline, f"{statuses()}: {parties.told()}"
                if number < len(up):
                    # One after another, while they wait for the round.
                    up[number].kill()
                    assert up[number].wait() == -9
                    up[number] = start(number)
                    number += 1
                time.sleep(3)
            assert number == len(up)
        for pot_id in pots:
            counted = [actions(game, pot_id).count(each) for each in ENDED]
            assert (counted[0], counted[2], counted[4:]) == (1, 1, [1, 1])
    parties.stop()
    assert_clean(parties.db)
