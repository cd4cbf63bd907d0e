"""The main job: the demo plays to its end, says so by its exit code, and leaves nothing behind."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from pypot_cli import demo, proof
from pypot_cli.beacon.source import read_chain
from pypot_cli.cli import app
from pypot_cli.demo import stage
from pypot_cli.fairness import signing
from pypot_cli.keys import new_secret

PLAYERS = 40
POTS = 2
SCENES = {
    "filled": "settled",
    "locked by its timer": "settled",
    "lack of players": "cancelled",
    "paused and resumed": "settled",
    "voided": "cancelled",
    "forged reveal": "settled",
    "drawn with a beacon": "settled",
}


def start(directory: Path, *arguments: str) -> subprocess.Popen[str]:
    """The demo, with `directory` for whatever it makes for a while."""
    return subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-m", "pypot_cli", "demo", *arguments],
        env={**os.environ, "TMPDIR": str(directory), "COLUMNS": "160"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def left_in(directory: Path) -> list[str]:
    """Files in a directory, and processes that were started with something in it."""
    found = [str(path) for path in directory.iterdir()]
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            if str(directory).encode() in command and int(process.name) != os.getpid():
                found.append(command.decode(errors="replace")[:100])
    return found


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One small demo: its report, its proofs, and what it left."""
    temporary, proofs = (tmp_path_factory.mktemp(name) for name in ("temporary", "proofs"))
    temporary.chmod(0o711)
    process = start(
        temporary, "--players", str(PLAYERS), "--pots", str(POTS), "--json",
        "--proof-dir", str(proofs / "new"),
    )  # fmt: skip
    out, err = process.communicate(timeout=280)
    return {
        "code": process.returncode,
        "report": json.loads(out),
        "steps": err.splitlines(),
        "proofs": sorted((proofs / "new").glob("*.json")),
        "beacon": str(proofs / "new" / demo.BEACON_FILE),
        "left": left_in(temporary),
    }


def test_it_ends_with_0_because_every_check_held(played: dict[str, Any]) -> None:
    report = played["report"]
    assert [check for check in report["checks"] if not check["holds"]] == []
    assert (played["code"], report["ok"], report["stopped"]) == (0, True, None)
    assert len(report["checks"]) >= 20


def test_it_plays_every_scene_to_its_end(played: dict[str, Any]) -> None:
    pots = played["report"]["pots"]
    assert len(pots) == POTS + len(SCENES) - 1
    assert {pot["scene"]: pot["status"] for pot in pots} == SCENES
    for pot in pots:
        if pot["scene"] == "filled":
            assert pot["tickets"] == PLAYERS * 3
            assert pot["prize"] == PLAYERS * 3 * 10
        settled = pot["status"] == "settled"
        assert (pot["winner"] is not None) == settled
        assert pot["proof"] == ("valid" if settled else None)
        assert (pot["fill_seconds"] is not None) == settled


def test_hundreds_of_joins_are_counted(played: dict[str, Any]) -> None:
    report = played["report"]
    # A join buys five tickets at most, and what was taken back was sold twice.
    assert report["joins"] >= POTS * PLAYERS * 3 / 5 + report["taken_back"]
    assert report["joins_per_second"] == pytest.approx(report["joins"] / report["play_seconds"])
    assert 0 < report["join_ms_p50"] <= report["join_ms_p99"]


def test_it_leaves_the_proofs_and_they_verify(played: dict[str, Any]) -> None:
    settled = {pot["pot_id"] for pot in played["report"]["pots"] if pot["status"] == "settled"}
    assert {file.stem for file in played["proofs"]} == settled
    trust = proof.Trust(chains=[read_chain(played["beacon"])])
    for file in played["proofs"]:
        verdict = proof.verify(proof.open_proof(str(file)), trust)
        assert verdict.valid, verdict.failed
        assert verdict.pot_id == file.stem


def test_it_shows_plain_steps_in_a_pipe(played: dict[str, Any]) -> None:
    assert "starting a fresh PostgreSQL 17" in played["steps"][0]
    assert "\x1b" not in "".join(played["steps"])


def test_it_leaves_no_file_and_no_process(played: dict[str, Any]) -> None:
    assert played["left"] == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_ends_with_130_and_leaves_nothing(
    tmp_path: Path, how: signal.Signals
) -> None:
    tmp_path.chmod(0o711)
    process = start(tmp_path, "--players", "40", "--pots", "9")
    assert process.stderr is not None
    for line in process.stderr:
        if "players buy" in line:
            break
    process.send_signal(how)
    try:
        _, err = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        # Says where each of its threads waits.
        process.send_signal(signal.SIGABRT)
        pytest.fail(process.communicate()[1])
    assert process.returncode == 130
    assert err.splitlines()[-1] == "pypot: interrupted; everything was stopped and removed"
    assert left_in(tmp_path) == []


# What follows breaks one thing each: a demo that cannot fail proves nothing.


def play(*arguments: str) -> tuple[int, str]:
    """A demo in this process; its exit code and closing screen."""
    result = CliRunner().invoke(app, ["demo", "--players", "10", "--pots", "1", *arguments])
    return result.exit_code, result.stdout


def test_a_signer_with_another_key_than_the_registered_one_fails_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make = stage.new_key

    def make_and_lose(directory: Path, purpose: str) -> str:
        public_key = make(directory, purpose)
        if purpose == "settlement":
            (directory / purpose).write_text(new_secret().reveal().hex())
        return public_key

    monkeypatch.setattr(stage, "new_key", make_and_lose)
    monkeypatch.setattr(stage, "PATIENCE_SECONDS", 12.0)
    code, screen = play()
    assert code == 1
    assert "stopped: waited 12 s in vain" in screen
    assert "invalid_signature" in screen


def test_proofs_by_another_key_and_a_cooked_book_fail_it_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = demo.open_stage

    @contextlib.contextmanager
    def open_with_another_pin(*arguments: Any) -> Iterator[stage.Stage]:
        with opened(*arguments) as real:
            pin = signing.public_key(new_secret().reveal()).hex()
            yield replace(real, orchestrator_key=pin)

    check_database = demo._check_database

    def cook_and_check(on: stage.Stage, *arguments: Any) -> None:
        with psycopg.connect(on.admin_url) as conn:
            conn.execute("alter table private.wallets disable trigger all")
            conn.execute("update private.wallets set balance = balance + 1 where balance > 0")
        check_database(on, *arguments)

    monkeypatch.setattr(demo, "open_stage", open_with_another_pin)
    monkeypatch.setattr(demo, "_check_database", cook_and_check)
    code, screen = play()
    assert code == 1
    broken = [line for line in screen.splitlines() if line.startswith("broken: ")]
    assert [line.split(": ")[1] for line in broken] == [
        "pypot verify accepts the proof of every settled pot",
        "pypot check finds every invariant to hold",
    ]
    assert "orchestrator key" in broken[0]
    assert "wallet_balances" in broken[1]
