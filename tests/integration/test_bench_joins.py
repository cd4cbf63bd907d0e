"""`pypot bench joins`, small: every lane runs, and every join that was counted is an entry."""

import pytest

from pypot_cli.bench import joins
from pypot_cli.bench.figures import Goal, between, ratios


def test_every_lane_is_measured_and_every_join_is_there() -> None:
    size = joins.Size(seconds=0.5, rounds=1, players=200, scale=1, clients=(4,), warm=0.3)
    report = joins.run(size, lambda _step: None)
    assert report["broken"] == []
    assert report["joins"] == report["entries"] > 0
    assert report["ok"]
    for lanes in report["lanes"].values():
        assert set(lanes) == {lane.name for lane in joins.LANES}
        for name, lane in lanes.items():
            assert lane["rate"]["median"] > 0, name
            assert 0 < lane["p50"]["median"] <= lane["p99"]["median"], name
            assert lane["cpu"]["median"] > 0, name
            assert lane["records"]["median"] > 0, name
            assert lane["to_tpc_b"]["median"] > 0, name
        # What a join writes is the same whoever else runs.
        assert 1000 < lanes["join, hot"]["records"]["median"] < 20_000
    assert report["images"] > 0
    assert report["sold_out"]["rate"] > 0
    assert {goal["goal"] for goal in report["goals"]} >= {
        "join, hot, 4 clients, to the naive join",
        "batch of 100, hot, 4 clients, to TPC-B-like",
        "bytes of WAL records a join",
    }
    text = joins.table(report)
    assert "every invariant holds" in text
    assert "TPC-B-like" in text


def test_ratios_are_of_what_ran_in_one_round() -> None:
    assert ratios([10, 40, 90], [10, 20, 30]) == {"median": 2, "low": 1, "high": 3}
    assert between([3, 1, 2]) == {"median": 2, "low": 1, "high": 3}


@pytest.mark.parametrize(
    ("value", "sense", "met"),
    [
        (0.9, "at least", True),
        (0.89, "at least", False),
        (2, "at most", True),
        (2.01, "at most", False),
    ],
)
def test_a_goal_is_met_up_to_its_limit(value: float, sense: str, met: bool) -> None:
    limit = 0.9 if sense == "at least" else 2
    assert Goal("a goal", value, limit, sense).met is met
