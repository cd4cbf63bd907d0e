"""`pypot attack` as a shell sees it: exit codes, tables, JSON, and nothing left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pypot_cli import attack
from pypot_cli.attack import moves
from pypot_cli.cli import app


def run(*arguments: str, directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pypot_cli", "attack", *arguments],
        env={**os.environ, "TMPDIR": str(directory)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_prints_what_each_draw_gives_and_exits_with_0(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    done = run("--draws", "100", "--seed", "an acceptance test", directory=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in attack.NAMES[:-1]:
        assert name in done.stdout
    assert done.stdout.rstrip().endswith("draw 2 does not differ from fair in any attack")
    assert "playing the moves on real pots" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_only_what_is_asked_for_is_played_and_told_as_json(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    done = run(
        "--draws", "100", "--seed", "x", "--json",
        "--only", "commit-swap", "--only", "uniformity", directory=tmp_path,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert (done.returncode, report["ok"], report["broken"]) == (0, True, [])
    assert {rate["attack"] for rate in report["rates"]} == {"commit-swap"}
    assert {each["attack"] for each in report["answers"]} == {"commit-swap"}
    assert len(report["uniformity"]) == 4
    assert report["seed"] == "x"
    # Five judgements share the whole command's error.
    assert report["confidence"] == pytest.approx(1 - 0.001 / 5)


def test_an_unknown_attack_is_named_with_those_there_are(tmp_path: Path) -> None:
    done = run("--only", "last-laugh", directory=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("pypot: no such attack: last-laugh; there are last-look, ")


def test_a_move_that_is_answered_otherwise_fails_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "REFUSED_BY_TRIGGER", "SQLSTATE 00000")
    result = CliRunner().invoke(app, ["attack", "--draws", "100", "--only", "late-exclusion"])
    assert result.exit_code == 1
    assert "broken: late-exclusion: draw 1 answers 'SQLSTATE 23514' to" in result.stdout


def test_its_help_names_every_attack() -> None:
    help_text = CliRunner().invoke(app, ["attack", "--help"], env={"COLUMNS": "400"}).stdout
    assert [name for name in attack.NAMES if name not in help_text] == []
