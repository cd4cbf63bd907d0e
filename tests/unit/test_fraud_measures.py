"""What `pypot fraud report` counts, against numbers worked out by hand."""

from dataclasses import replace
from typing import Any

import pytest

from pypot_cli.fraud import files, measures
from pypot_cli.fraud.files import Observed
from pypot_cli.fraud.measures import Case, Rate, flagged, stopped
from pypot_cli.fraud.report import Report, report

HONEST = Case("p1", "h1", "single", "")
RINGED = Case("p1", "a1", "ip_ring", "ring-1")


def case(pot: str, user: str, ring: str = "", **seen: Any) -> Case:
    """An honest player's case, or one of an IP ring."""
    kind = "ip_ring" if ring else "single"
    return replace(HONEST, pot_id=pot, user_id=user, kind=kind, ring=ring, **seen)


HELD: Any = {"flagged": True, "stopped": True}
NOTED: Any = {"flagged": True, "score": 0.3}

# Two pots. In p1 three of ring r, one held, one noted, one unseen; in p2 one of them, alone, held.
# Of four honest players one is held in p1, and noted in p2; another is noted.
CASES = [
    case("p1", "a1", "r", score=0.9, **HELD),
    case("p1", "a2", "r", **NOTED),
    case("p1", "a3", "r"),
    case("p2", "a1", "r", score=0.8, **HELD),
    case("p1", "h1", score=0.7, **HELD),
    case("p2", "h1", **NOTED),
    case("p1", "h2", **NOTED),
    case("p1", "h3"),
    case("p2", "h4"),
]


def test_a_rate_has_wilsons_interval() -> None:
    rate = Rate(81, 263)  # Newcombe 1998, table I, method 3
    assert rate.rate == pytest.approx(0.307985)
    assert rate.interval == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert (Rate(0, 0).rate, Rate(0, 0).interval) == (None, None)


def test_suspicious_is_who_was_in_a_pot_with_others_of_the_ring() -> None:
    assert measures.suspicious(CASES) == CASES[:3]


def test_two_rings_in_one_pot_are_not_one() -> None:
    assert measures.suspicious([case("p1", "a1", "r"), case("p1", "b1", "s")]) == []


def test_one_who_was_kept_out_makes_the_others_suspicious() -> None:
    both = [case("p1", "a1", "r", entered=False, stopped=True), case("p1", "a2", "r")]
    assert measures.suspicious(both) == both


def test_recall_is_of_suspicious_entries_by_what_counts_as_caught() -> None:
    suspicious = measures.suspicious(CASES)
    assert measures.recall(suspicious, stopped) == Rate(1, 3)
    assert measures.recall(suspicious, flagged) == Rate(2, 3)


def test_precision_counts_every_attacker_who_was_caught_as_right() -> None:
    assert measures.precision(CASES, stopped) == Rate(2, 3)
    assert measures.precision(CASES, flagged) == Rate(3, 6)


def test_a_player_counts_once_however_many_pots() -> None:
    honest = [each for each in CASES if each.is_honest]
    assert measures.players(honest, stopped) == Rate(1, 4)
    assert measures.players(honest, flagged) == Rate(2, 4)


def test_brier_is_the_mean_squared_error() -> None:
    # (0.9-1)^2 = .01, (0.3-1)^2 = .49, 1, (0.8-1)^2 = .04; 0.7^2 = .49, .09, .09, 0, 0: 2.21 of 9
    assert measures.brier(CASES) == pytest.approx(2.21 / 9)
    assert measures.brier([]) is None


def test_bins_hold_tenths_and_nothing_flagged_is_one_of_its_own() -> None:
    found = {
        (each.low, each.high): (each.fraud.hits, each.fraud.total)
        for each in measures.reliability(CASES)
    }
    assert found == {
        (0.0, 0.0): (1, 3),
        (0.2, 0.3): (1, 3),
        (0.6, 0.7): (0, 1),
        (0.7, 0.8): (1, 1),
        (0.8, 0.9): (1, 1),
    }


@pytest.mark.parametrize(
    ("score", "low"), [(0.001, 0.0), (0.1, 0.0), (0.101, 0.1), (0.3, 0.2), (0.7, 0.6), (1.0, 0.9)]
)
def test_a_score_on_the_border_belongs_below(score: float, low: float) -> None:
    (only,) = measures.reliability([case("p1", "h1", score=score)])
    assert (only.low, only.mean_score) == (low, score)


def test_how_long_a_ring_played_before_it_was_caught() -> None:
    together = [
        case(pot, user, "r", stopped=(pot, user) == ("p3", "a2"))
        for pot in ("p3", "p1", "p2")
        for user in ("a1", "a2")
    ]
    assert measures.pots_before_caught(together, stopped, ["p1", "p2", "p3"]) == 2
    # Never caught: all of its pots. The median of 2 and 1 is 1.5.
    never = [case("p1", "b1", "s"), case("p1", "b2", "s")]
    assert measures.pots_before_caught([*together, *never], stopped, ["p1", "p2", "p3"]) == 1.5
    assert measures.pots_before_caught([HONEST], stopped, ["p1"]) is None


def test_a_ring_is_known_after_some_pots_of_its_own() -> None:
    pots = ["p1", "p2", "p3"]
    together = [case(pot, user, "r") for pot in pots for user in ("a1", "a2")]
    late = [case("p3", user, "s") for user in ("b1", "b2")]
    alone = case("p3", "c1", "t")
    found = measures.known([*together, *late, alone], pots, 2)
    assert [(each.pot_id, each.user_id) for each in found] == [("p3", "a1"), ("p3", "a2")]
    assert measures.known(together, ["p3", "p2", "p1"], 2) == together[:2]


# ---------------------------------------------------------------------------- from rows to cases


def flag(pot: str, user: str, effect: str, score: float = 0.5, kind: str = "shared_ip") -> object:
    return {"pot_id": pot, "user_id": user, "effect": effect, "score": score, "kind": kind}


LABELS = {
    "a1": {"user_id": "a1", "kind": "ip_ring", "ring": "r"},
    "a2": {"user_id": "a2", "kind": "ip_ring", "ring": "r"},
    "h1": {"user_id": "h1", "kind": "single", "ring": ""},
}


def seen(entries: list[tuple[str, str]], flags: list[object]) -> Observed:
    rows = [{"pot_id": pot, "user_id": user} for pot, user in entries]
    return Observed([{"pot_id": "p1"}], rows, flags)  # type: ignore[arg-type]


def test_flags_become_the_case_of_their_player() -> None:
    flags = [flag("p1", "a1", "note", 0.9), flag("p1", "a1", "hold", 0.6, "cluster")]
    first, second = files.cases(LABELS, seen([("p1", "a1"), ("p1", "h1")], flags), [])
    assert first == Case(
        "p1", "a1", "ip_ring", "r", True, True, True, 0.9, ("cluster", "shared_ip")
    )
    assert second == Case("p1", "h1", "single", "")


def test_a_note_stops_nobody() -> None:
    (only,) = files.cases(LABELS, seen([("p1", "a1")], [flag("p1", "a1", "note", 1.0)]), [])
    assert (only.flagged, only.stopped) == (True, False)


@pytest.mark.parametrize("token", ["account_blocked", "velocity_exceeded", "region_blocked"])
def test_who_was_refused_altogether_was_stopped(token: str) -> None:
    refused = [{"pot_id": "p1", "user_id": "a2", "token": token, "at": 0}]
    made = {each.user_id: each for each in files.cases(LABELS, seen([("p1", "a1")], []), refused)}
    assert (made["a2"].entered, made["a2"].stopped) == (False, True)
    # One who got in after all was not stopped by it.
    (entered,) = files.cases(LABELS, seen([("p1", "a2")], []), refused)
    assert not entered.stopped


def test_a_full_pot_stops_nobody() -> None:
    refused = [{"pot_id": "p1", "user_id": "a2", "token": "pot_full", "at": 0}]
    assert [each.user_id for each in files.cases(LABELS, seen([("p1", "a1")], []), refused)] == [
        "a1"
    ]


def test_players_without_a_label_are_left_out() -> None:
    assert files.cases(LABELS, seen([("p1", "somebody")], []), []) == []


# -------------------------------------------------------------------------------------- goals


def reported(caught: int, of: int = 100, honest: int = 0, honest_of: int = 1000) -> Report:
    """A report of so many of a ring held, and so many honest players."""
    ring = [case("p1", f"a{n}", "r", stopped=n < caught, flagged=n < caught) for n in range(of)]
    others = [case("p1", f"h{n}", stopped=n < honest, flagged=n < honest) for n in range(honest_of)]
    return report([*ring, *others], ["p1"], [])


def test_goals_hold_at_their_borders() -> None:
    assert reported(95, honest=4).missed == []
    assert reported(95, honest=4).ok


@pytest.mark.parametrize(
    ("made", "missed"),
    [
        (reported(94), ["recall of flags before settlement: 94.00%, below 95.00%"]),
        (reported(95, honest=5), ["honest players ever held: 0.50%, not under 0.50%"]),
        (
            reported(96, honest=12, honest_of=10_000),
            ["precision of flags: 88.89%, below 90.00%"],
        ),
        (
            reported(0),
            [
                "recall of flags before settlement: 0.00%, below 95.00%",
                "recall of ip_ring: 0.00%, below 90.00%",
                "precision of flags: nothing to judge by",
            ],
        ),
    ],
)
def test_a_goal_that_is_missed_is_named(made: Report, missed: list[str]) -> None:
    assert made.missed == missed
    assert not made.ok
    assert made.as_json()["ok"] is False


def test_every_strategy_has_a_goal_of_its_own() -> None:
    strong = [case("p1", f"a{n}", "r", flagged=True) for n in range(100)]
    weak = [replace(case("p1", f"b{n}", "s", flagged=n < 4), kind="slow_drip") for n in range(5)]
    made = report([*strong, *weak, HONEST], ["p1"], [])
    assert made.missed == ["recall of slow_drip: 80.00%, below 90.00%"]


def test_notes_are_flags_and_hold_nobody() -> None:
    ring = [case("p1", f"a{n}", "r", **NOTED) for n in range(9)]
    made = report([*ring, HONEST], ["p1"], [])
    assert made.flagged.entries == Rate(9, 9)
    assert made.stopped.entries == Rate(0, 9)
    assert made.ok


def test_noted_honest_players_cost_precision_and_are_not_held() -> None:
    ring = [case("p1", f"a{n}", "r", **NOTED) for n in range(8)]
    made = report([*ring, case("p1", "h1", **NOTED)], ["p1"], [])
    assert made.missed == ["precision of flags: 88.89%, below 90.00%"]


def test_the_report_counts_crowds_and_flags() -> None:
    cases = [replace(each, flag_kinds=("shared_ip",) if each.flagged else ()) for each in CASES]
    made = report(cases, ["p1", "p2"], [])
    (crowd,) = made.crowds
    assert (crowd.name, crowd.players_stopped, crowd.players_flagged) == (
        "single", Rate(1, 4), Rate(2, 4),
    )  # fmt: skip
    assert made.by_flag == {"shared_ip": Rate(3, 6)}
    # Scores of the flagged alone: 2.21 less the one attacker nobody saw, of 6.
    assert made.brier_of_flagged == pytest.approx(1.21 / 6)
