"""`pypot attack` as a shell sees it: exit codes, tables, JSON, and nothing left behind."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from pypot_cli import attack
from pypot_cli.cli import app
from pypot_cli.db.cluster import Cluster


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


def test_the_page_tells_the_answers_that_are_given(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    done = run("--draws", "100", "--markdown", directory=tmp_path)
    page = (Path(__file__).parents[2] / "docs" / "fairness.md").read_text(encoding="utf-8")
    moves = done.stdout.rstrip().split("\n\n")[-1]
    assert moves.startswith("| attack | draw | move on a real pot | answer |")
    assert moves in page, "print them by ./dev pypot attack --markdown"


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


def test_a_database_that_lets_a_move_happen_fails_it(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = attack.throwaway_cluster

    @contextlib.contextmanager
    def without_a_trigger(name: str, say: Callable[[str], None]) -> Iterator[tuple[Path, Cluster]]:
        with fresh(name, say) as (directory, cluster):
            with psycopg.connect(cluster.admin_url()) as conn:
                conn.execute("drop trigger tg_pot_entries__immutable on public.pot_entries")
            yield directory, cluster

    monkeypatch.setattr(attack, "throwaway_cluster", without_a_trigger)
    result = CliRunner().invoke(app, ["attack", "--draws", "100", "--only", "entry-reordering"])
    assert result.exit_code == 1
    for version in (1, 2):
        named = (
            f"broken: entry-reordering: draw {version} answers 'accepted' to \"renumber an entry"
        )
        assert named in result.stdout


def test_its_help_names_every_attack() -> None:
    help_text = CliRunner().invoke(app, ["attack", "--help"], env={"COLUMNS": "400"}).stdout
    assert [name for name in attack.NAMES if name not in help_text] == []
