"""`pypot fraud` as a shell sees it: a small world played and counted, and no goal met by luck."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import psycopg
import pytest
from typer.testing import CliRunner

from pypot_cli import fraud
from pypot_cli.cli import app
from pypot_cli.db.cluster import Cluster
from pypot_cli.db.throwaway import throwaway_cluster
from pypot_cli.fraud import screen

SMALL = ("--players", "250", "--pots", "20", "--attackers", "0.2", "--days", "1")


def run(*arguments: str, directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pypot_cli", "fraud", *arguments],
        env={**os.environ, "TMPDIR": str(directory)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of one simulation."""
    directory = tmp_path_factory.mktemp("fraud")
    temporary = directory / "tmp"
    temporary.mkdir()
    # Root's server runs as another user, who has to walk to its data.
    for each in (directory, temporary):
        each.chmod(0o711)
    done = run(
        "simulate", *SMALL, "--seed", "1", "--out", str(directory / "out"), directory=temporary
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(temporary.iterdir()) == []
    return directory / "out"


@pytest.fixture
def copy(played: Path, tmp_path: Path) -> Path:
    return shutil.copytree(played, tmp_path / "copy")


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def counted(directory: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(app, ["fraud", "report", str(directory), "--json", *arguments])
    return result.exit_code, json.loads(result.stdout)


def flag_all(directory: Path, whom: set[str], effect: str) -> None:
    """Let a detector have flagged every entry of these players."""
    made = [
        {
            "pot_id": row["pot_id"], "user_id": row["user_id"], "kind": "planted", "score": 1.0,
            "effect": effect, "phase": "lock",
        }
        for row in lines(directory / "entries.jsonl")
        if row["user_id"] in whom
    ]  # fmt: skip
    (directory / "flags.jsonl").write_text("".join(json.dumps(row) + "\n" for row in made))
    (directory / "refusals.jsonl").write_text("")


def attackers(directory: Path) -> set[str]:
    return {row["user_id"] for row in lines(directory / "players.jsonl") if row["ring"]}


def test_a_simulation_leaves_the_truth_and_what_happened(played: Path) -> None:
    summary = json.loads((played / "simulation.json").read_text())
    assert (summary["world"], summary["seed"], summary["broken"]) == ("usual", "1", [])
    players = lines(played / "players.jsonl")
    assert len(players) == summary["players"]
    assert len(attackers(played)) == summary["attackers"]
    assert {row["kind"] for row in players if row["ring"]} == set(fraud.WORLDS["usual"][0])
    pots = lines(played / "pots.jsonl")
    assert len(pots) == summary["drawn"]
    assert {row["status"] for row in pots} == {"settled"}
    # Every ticket of every draw is somebody's, and one of them won.
    tickets: Counter[str] = Counter()
    winners: Counter[str] = Counter()
    for row in lines(played / "entries.jsonl"):
        tickets[row["pot_id"]] += row["tickets"]
        winners[row["pot_id"]] += row["won"]
    assert tickets == {row["pot_id"]: row["total_tickets"] for row in pots}
    assert set(winners.values()) == {1}


def test_the_sums_of_a_report_are_right(played: Path) -> None:
    _, report = counted(played)
    strategies, crowds = report["strategies"], report["crowds"]
    for level in ("stopped", "flagged"):
        total = report[level]["entries"]
        for key in ("hits", "total"):
            assert sum(each[f"entries_{level}"][key] for each in strategies) == total[key]
            assert (
                sum(each[f"players_{level}"][key] for each in strategies)
                == (report[level]["attackers"][key])
            )
            assert (
                sum(each[f"players_{level}"][key] for each in crowds)
                == (report[level]["honest_players"][key])
            )
    assert report["stopped"]["entries"]["hits"] <= report["flagged"]["entries"]["hits"]
    entries = lines(played / "entries.jsonl")
    honest = {row["user_id"] for row in entries} - attackers(played)
    assert report["flagged"]["honest_players"]["total"] >= len(honest)
    assert report["cases"] >= len(entries)
    assert sum(each["fraud"]["total"] for each in report["reliability"]) <= report["cases"]


def test_the_detection_finds_most_and_mistakes_few(played: Path) -> None:
    """A floor well below the goals, which a world of one ring a strategy cannot judge."""
    _, report = counted(played)
    assert report["flagged"]["entries"]["rate"] > 0.7
    assert report["flagged"]["precision"]["rate"] > 0.85
    assert report["stopped"]["entries"]["rate"] > 0.5
    assert report["stopped"]["attackers"]["rate"] > 0.5
    assert report["stopped"]["precision"]["rate"] > 0.9
    assert report["stopped"]["honest_players"]["rate"] < 0.03
    assert report["brier"] < 0.1


def test_simulations_are_counted_together(played: Path, copy: Path) -> None:
    flag_all(copy, attackers(copy), "hold")
    _, first = counted(played)
    _, second = counted(copy)
    result = CliRunner().invoke(app, ["fraud", "report", str(played), str(copy), "--json"])
    both = json.loads(result.stdout)
    assert len(both["simulations"]) == 2
    assert both["pots"] == 2 * first["pots"]
    for level in ("stopped", "flagged"):
        for measure in ("entries", "attackers", "honest_players"):
            for key in ("hits", "total"):
                together = first[level][measure][key] + second[level][measure][key]
                assert both[level][measure][key] == together
    assert [each["rings"] for each in both["strategies"]] == [
        2 * each["rings"] for each in second["strategies"]
    ]


def test_a_detector_that_knows_the_truth_meets_every_goal(copy: Path) -> None:
    flag_all(copy, attackers(copy), "hold")
    code, report = counted(copy)
    assert (code, report["ok"], report["missed"]) == (0, True, [])
    assert report["brier"] == 0


def test_a_detector_that_sees_nothing_meets_none_but_that_of_honest_players(copy: Path) -> None:
    flag_all(copy, set(), "hold")
    code, report = counted(copy)
    assert code == 1
    assert "recall of flags before settlement: 0.00%, below 95.00%" in report["missed"]
    assert "precision of flags: nothing to judge by" in report["missed"]
    assert not any("honest" in each for each in report["missed"])
    names = fraud.WORLDS["usual"][0]
    assert len(report["missed"]) >= 2 + len(names) / 2


def test_a_detector_that_only_notes_stops_nobody(copy: Path) -> None:
    flag_all(copy, attackers(copy), "note")
    code, report = counted(copy)
    assert code == 0
    assert report["flagged"]["entries"]["rate"] == 1
    assert report["stopped"]["entries"]["rate"] == 0


def test_a_detector_that_holds_everybody_troubles_honest_players(copy: Path) -> None:
    everybody = {row["user_id"] for row in lines(copy / "players.jsonl")}
    flag_all(copy, everybody, "hold")
    code, report = counted(copy)
    assert code == 1
    assert [each.split(":")[0] for each in report["missed"]] == [
        "precision of flags", "honest players ever held",
    ]  # fmt: skip
    assert all(each["players_stopped"]["rate"] == 1 for each in report["crowds"])


def test_a_detection_that_was_switched_off_is_found_out(
    played: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextlib.contextmanager
    def without_holds(name: str, say: Callable[[str], None]) -> Iterator[tuple[Path, Cluster]]:
        with throwaway_cluster(name, say) as (directory, cluster):
            with psycopg.connect(cluster.admin_url()) as conn:
                conn.execute("delete from private.flag_policies where effect <> 'note'")
            yield directory, cluster

    monkeypatch.setattr("pypot_cli.fraud.stage.throwaway_cluster", without_holds)
    summary = fraud.simulate(
        fraud.Wanted(250, 20, 0.2, seed="1", days=1), None, tmp_path / "off", screen.Screen()
    )
    assert summary["broken"] == []
    _, report = counted(tmp_path / "off")
    _, switched_on = counted(played)
    assert report["stopped"]["entries"]["hits"] == 0 < switched_on["stopped"]["entries"]["hits"]
    assert report["flagged"]["entries"]["hits"] > 0


def test_the_report_is_tables_and_says_what_was_missed(copy: Path) -> None:
    flag_all(copy, set(), "hold")
    result = CliRunner().invoke(app, ["fraud", "report", str(copy)])
    assert result.exit_code == 1
    for title in ("Suspicious entries, before settlement", "Honest players", "Overall"):
        assert title in result.stdout
    assert "missed: recall of flags before settlement: 0.00%, below 95.00%" in result.stdout


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_plot_is_an_image(copy: Path, kind: str) -> None:
    flag_all(copy, attackers(copy), "hold")
    code, _ = counted(copy, "--plot", str(copy / f"plot.{kind}"))
    assert code == 0
    written = (copy / f"plot.{kind}").read_bytes()
    if kind == "png":
        assert written.startswith(b"\x89PNG\r\n")
    else:
        assert ElementTree.fromstring(written).tag.endswith("svg")


def test_a_plot_of_another_kind_is_refused(played: Path) -> None:
    result = run("report", str(played), "--plot", "plot.gif", directory=played.parent)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "pypot: plot.gif must end in .svg or .png\n"


def test_a_directory_without_a_simulation_is_told_what_to_do(tmp_path: Path) -> None:
    result = run("report", str(tmp_path), directory=tmp_path)
    assert result.returncode == 2
    assert "name the directory that pypot fraud simulate wrote" in result.stderr


def test_an_unknown_strategy_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    result = run("simulate", "--strategy", "mules", "--out", str(tmp_path), directory=tmp_path)
    assert result.returncode == 2
    assert result.stderr.startswith("pypot: no such strategy in world usual: mules; there are ip_")


@pytest.mark.parametrize("world", fraud.WORLDS)
def test_help_names_every_strategy(world: str) -> None:
    shown = CliRunner().invoke(app, ["fraud", "simulate", "--help"], env={"COLUMNS": "400"}).stdout
    assert [name for name in fraud.WORLDS[world][0] if name not in shown] == []
