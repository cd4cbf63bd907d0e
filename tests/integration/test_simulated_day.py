"""`pypot simulate day`: a crowd that is what it says, and an evening that ends in order."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pypot_cli import plots, simulate
from pypot_cli.cli import app
from pypot_cli.errors import PypotError
from pypot_cli.simulate import plot
from pypot_cli.simulate.crowd import DAY, JOINS_A_PLAYER, Crowd


def test_the_same_seed_is_the_same_day() -> None:
    assert list(Crowd(50, "a").wishes()) == list(Crowd(50, "a").wishes())
    assert list(Crowd(50, "a").wishes()) != list(Crowd(50, "b").wishes())


def test_the_crowd_follows_the_hours_and_its_rate() -> None:
    crowd = Crowd(3000, "hours")
    wishes = list(crowd.wishes())
    assert wishes == sorted(wishes, key=lambda wish: wish.at)
    assert all(0 <= wish.at < DAY for wish in wishes)
    # Twenty thousand: five standard deviations of visits are less than a tenth of it. Bursts add.
    expected = sum(crowd.rate(minute * 60.0) * 60 for minute in range(24 * 60))
    assert expected >= 3000 * JOINS_A_PLAYER
    assert abs(len(wishes) - expected) < 0.1 * expected
    by_hour = [sum(int(w.at // 3600) == hour for w in wishes) for hour in range(24)]
    assert sum(by_hour[18:23]) > 4 * sum(by_hour[3:8])
    # Few play much: a tenth of the players makes more than a quarter of the joins.
    joins: dict[object, int] = {}
    for wish in wishes:
        joins[wish.user_id] = joins.get(wish.user_id, 0) + 1
    most = sorted(joins.values(), reverse=True)[:300]
    assert sum(most) > len(wishes) / 4


def test_templates_are_as_large_as_the_crowd_can_fill() -> None:
    small, large = Crowd(500, "a").templates(3), Crowd(20_000, "a").templates(3)
    assert [t.max_tickets for t in large] == sorted((t.max_tickets for t in large), reverse=True)
    assert all(s.max_tickets < b.max_tickets for s, b in zip(small, large, strict=True))
    assert sum(t.popularity for t in small) == pytest.approx(1)


def test_an_hour_of_the_evening_is_played_counted_and_drawn(tmp_path: Path) -> None:
    wanted = simulate.Wanted(players=120, templates=2, seed="evening", hours=(20, 21))
    report = simulate.run(wanted, simulate.Screen())
    assert report.broken == []
    assert report.accuracy == 1
    assert report.joins > 20
    assert report.counted
    assert report.ok
    assert report.peak_hours[0] == 20
    assert any(pot.filled is not None for pot in report.pots)
    assert json.loads(json.dumps(report.as_json(), default=str))["ok"] is True
    for suffix in plots.SUFFIXES:
        file = tmp_path / f"day{suffix}"
        plot.draw(report, file)
        assert file.stat().st_size > 10_000


def test_a_plot_of_another_kind_is_refused_before_anything_is_played(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["simulate", "day", "--plot", str(tmp_path / "day.gif")])
    assert done.exit_code != 0
    assert list(tmp_path.iterdir()) == []


def test_a_plot_that_has_no_place_is_refused_before_anything_is_played(tmp_path: Path) -> None:
    file = tmp_path / "missing" / "day.png"
    done = CliRunner().invoke(app, ["simulate", "day", "--plot", str(file)])
    assert isinstance(done.exception, PypotError)
    assert str(done.exception) == f"cannot write {file}: there is no directory {file.parent}"
