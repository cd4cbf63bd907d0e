"""Intervals and tests of counts, by SciPy, which is optional (extras `attack` and `fraud`)."""

from __future__ import annotations

from collections.abc import Sequence

from pypot_cli.errors import PypotError


def require_scipy() -> None:
    """Raise PypotError saying what to install, where SciPy is not."""
    try:
        import scipy.stats  # noqa: F401
    except ImportError:
        raise PypotError("this needs SciPy: uv sync --extra attack (./dev pypot has it)") from None


def wilson(wins: int, draws: int, confidence: float) -> tuple[float, float]:
    """Return the Wilson score interval of a rate (Wilson 1927), two-sided, both ends 0..1.

    It holds the true rate with about that confidence also near 0 and 1. Raises ValueError unless
    0 <= wins <= draws and draws >= 1.
    """
    from scipy.stats import binomtest

    interval = binomtest(wins, draws).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def chi_square(observed: Sequence[int], expected: Sequence[float]) -> tuple[float, float]:
    """Return Pearson's statistic and the chance of one as large: `len(observed) - 1` degrees.

    `expected` is scaled to the sum of `observed`, so shares will do. Raises ValueError for fewer
    than two categories, lists of different length, or nothing observed.
    """
    from scipy.stats import chisquare

    if len(observed) < 2 or len(observed) != len(expected) or not sum(observed):
        raise ValueError("two or more categories, with something observed")
    scale = sum(observed) / sum(expected)
    outcome = chisquare(list(observed), [share * scale for share in expected])
    return float(outcome.statistic), float(outcome.pvalue)
