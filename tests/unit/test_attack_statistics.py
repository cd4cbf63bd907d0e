"""Intervals and tests of counts, against published values; and what is called fair."""

import pytest

from pypot_cli.attack.report import Answer, Rate, Report, Uniformity
from pypot_cli.attack.statistics import chi_square, wilson


@pytest.mark.parametrize(
    ("wins", "draws", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_of_the_literature(
    wins: int, draws: int, low: float, high: float
) -> None:
    assert list(wilson(wins, draws, 0.95)) == pytest.approx([low, high], abs=5e-5)


def test_more_confidence_is_a_wider_interval() -> None:
    low, high = wilson(100, 1000, 0.95)
    lower, higher = wilson(100, 1000, 0.9999)
    assert lower < low < 0.1 < high < higher


def test_chi_square_is_that_of_a_table() -> None:
    # A die thrown 60 times: sum of (observed - 10)^2 / 10; the 5% point of 5 degrees is 11.07.
    statistic, p_value = chi_square([5, 8, 9, 8, 10, 20], [1, 1, 1, 1, 1, 1])
    assert statistic == pytest.approx(13.4)
    assert p_value == pytest.approx(0.0199, abs=5e-5)


def test_expected_shares_are_scaled_to_what_was_observed() -> None:
    assert list(chi_square([20, 40], [1, 2])) == pytest.approx([0, 1])


@pytest.mark.parametrize(("observed", "expected"), [([5], [1]), ([1, 2], [1]), ([0, 0], [1, 1])])
def test_what_is_no_table_of_counts_is_refused(observed: list[int], expected: list[float]) -> None:
    with pytest.raises(ValueError, match="two or more categories"):
        chi_square(observed, expected)


def rate(wins: int, *, must_be_fair: bool, version: int = 2) -> Rate:
    low, high = wilson(wins, 1000, 0.9999)
    return Rate("last-look", "late", version, 1000, wins, low, high, 0.1, 1000, 1000, must_be_fair)


def test_a_report_is_ok_only_if_everything_that_must_be_fair_is() -> None:
    report = Report("x", rates=[rate(100, must_be_fair=True), rate(450, must_be_fair=False)])
    assert report.ok
    assert report.rates[0].is_fair
    assert not report.rates[1].is_fair
    report.rates.append(rate(450, must_be_fair=True))
    assert report.broken == ["last-look (late): draw 2 wins 45.00%, not 10.00%"]
    # Winning less than fair is another bent draw: somebody else wins more.
    report.rates[-1] = rate(20, must_be_fair=True)
    assert not report.ok


def test_a_report_names_what_is_not_uniform_and_what_was_answered_otherwise() -> None:
    report = Report("x")
    report.uniformity.append(Uniformity(1, "ticket", 1000, 300.0, 99, 1e-9, 1e-4))
    report.answers.append(Answer("commit-swap", 1, "reveal", "reveal_mismatch", "accepted"))
    assert report.broken == [
        "uniformity by ticket: draw 1 is not uniform (p = 1e-09)",
        "commit-swap: draw 1 answers 'accepted' to 'reveal', not 'reveal_mismatch'",
    ]
    assert report.as_json()["ok"] is False
