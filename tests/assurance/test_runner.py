"""`pypot assure` itself: what it gives a harness, what it makes of its end, what it writes."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pypot_cli.assure import Harness, Run, find, page, runner
from pypot_cli.cli import app
from pypot_cli.errors import LeftOutError, PypotError


def harness(name: str, run: Callable[[Run], None], minutes: float = 1) -> Harness:
    return Harness(name, f"What {name} does", minutes, (16,), (), run)


def holds(going: Run) -> None:
    going.figure("calls", 1234)
    going.figure("allowed", going.seconds)
    going.figure("seed", going.seed)


def finds(going: Run) -> None:
    going.fail("one credit too many")
    going.count("rounds")
    going.count("rounds")
    (going.directory / "what.txt").write_text("kept")


def breaks(going: Run) -> None:
    raise ZeroDivisionError("a mistake of its own")


def lacks(going: Run) -> None:
    raise LeftOutError("apt install etcd")


def refused(going: Run) -> None:
    raise PypotError("the database cannot be read")


def interrupted(going: Run) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)


@pytest.fixture
def assure(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the command with harnesses of this file, sorted by name as the real ones are."""
    monkeypatch.delenv("PYPOT_STRICT", raising=False)
    there = {
        "breaks": harness("breaks", breaks),
        "finds": harness("finds", finds),
        "holds": harness("holds", holds, 3),
        "lacks": harness("lacks", lacks),
    }
    monkeypatch.setattr(runner, "find", lambda: there)
    return lambda *arguments: CliRunner().invoke(app, ["assure", *arguments])


def outcomes(directory: Path) -> dict[str, str]:
    report = json.loads((directory / "report.json").read_text())
    return {each["name"]: each["outcome"] for each in report["results"]}


def test_whatever_a_harness_does_the_next_one_runs_and_all_is_reported(
    assure: Callable[..., Result], tmp_path: Path
) -> None:
    done = assure("--report", str(tmp_path), "--seed", "7")
    assert done.exit_code == 1
    assert outcomes(tmp_path) == {
        "breaks": "FAILED", "finds": "FAILED", "holds": "held", "lacks": "left out",
    }  # fmt: skip
    page = (tmp_path / "report.md").read_text()
    assert "| finds | FAILED | 0:00 | rounds 2 |" in page
    assert "- one credit too many" in page
    assert "ended by ZeroDivisionError: a mistake of its own" in page
    assert "Left out: apt install etcd" in page
    assert (tmp_path / "finds" / "what.txt").read_text() == "kept"
    assert "ZeroDivisionError" in (tmp_path / "breaks" / "traceback.txt").read_text()
    assert not (tmp_path / "holds").exists()


def test_what_an_earlier_run_left_stays_and_is_in_nobodys_way(
    assure: Callable[..., Result], tmp_path: Path
) -> None:
    for _ in range(3):
        assure("--only", "finds", "--report", str(tmp_path))
    left = sorted(each.name for each in tmp_path.iterdir() if each.is_dir())
    assert left == ["finds", "finds-1", "finds-2"]
    for each in left:
        assert [file.name for file in (tmp_path / each).iterdir()] == ["what.txt"]


def test_a_run_that_is_ended_leaves_the_report_of_what_had_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there = {"finds": harness("finds", finds), "late": harness("late", interrupted)}
    monkeypatch.setattr(runner, "find", lambda: there)

    def unheard(*_: object) -> None:
        raise AssertionError("the signal that ends a run reached nobody")

    before = signal.signal(signal.SIGTERM, unheard)
    try:
        done = CliRunner().invoke(app, ["assure", "--report", str(tmp_path), "--minutes", "1"])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert done.exit_code == 130, done.exception
    assert outcomes(tmp_path) == {"finds": "FAILED"}
    assert "- one credit too many" in (tmp_path / "report.md").read_text()


def test_what_is_said_to_a_person_has_no_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(runner, "find", lambda: {"refused": harness("refused", refused)})
    done = CliRunner().invoke(app, ["assure", "--report", str(tmp_path)])
    assert done.exit_code == 1
    assert "- the database cannot be read" in (tmp_path / "report.md").read_text()
    assert not (tmp_path / "refused").exists()


def test_another_user_can_walk_to_what_a_run_puts_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    modes: list[int] = []
    walks = harness("walks", lambda going: modes.append(going.directory.stat().st_mode & 0o777))
    monkeypatch.setattr(runner, "find", lambda: {"walks": walks})
    assert CliRunner().invoke(app, ["assure"]).exit_code == 0
    assert modes == [0o711]


def test_one_is_picked_and_the_minutes_are_its_own(assure: Callable[..., Result]) -> None:
    done = assure("--only", "holds", "--minutes", "2", "--seed", "7", "--json")
    assert done.exit_code == 0
    (result,) = json.loads(done.stdout)["results"]
    assert result["figures"] == {"calls": 1234, "allowed": 120, "seed": 7}


def test_minutes_are_shared_as_the_harnesses_own_are(assure: Callable[..., Result]) -> None:
    done = assure("--only", "holds", "--only", "lacks", "--minutes", "8", "--json")
    allowed = {each["name"]: each["allowed"] for each in json.loads(done.stdout)["results"]}
    assert allowed == {"holds": 360, "lacks": 120}


def test_what_cannot_run_fails_where_nothing_may_be_left_out(
    assure: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert assure("--only", "lacks").exit_code == 0
    monkeypatch.setenv("PYPOT_STRICT", "1")
    assert assure("--only", "lacks").exit_code == 1


def test_an_unknown_harness_is_named_with_those_there_are(assure: Callable[..., Result]) -> None:
    done = assure("--only", "nonsense")
    assert done.exit_code != 0
    assert "nonsense; there are breaks, finds, holds, lacks" in str(done.exception)


def test_kept_figures_take_the_place_of_the_same_harnesses(
    assure: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(page, "FIGURES", tmp_path / "figures.json")
    assure("--only", "holds", "--keep", "--seed", "1")
    assure("--only", "finds", "--keep", "--seed", "1")
    assure("--only", "holds", "--only", "lacks", "--keep", "--seed", "2")
    kept = json.loads((tmp_path / "figures.json").read_text())
    assert list(kept) == ["finds", "holds"]
    assert kept["holds"]["figures"]["seed"] == 2


def test_the_harnesses_of_this_checkout_are_found_by_their_names() -> None:
    found = find()
    assert "draws" in found
    for name, each in found.items():
        assert name == each.name
        assert each.minutes > 0
        assert each.controls, f"{name} was never seen to fail"
