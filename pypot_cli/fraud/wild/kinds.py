"""The six kinds of pots."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of pot; each pair is a range that a pot's term is drawn from."""

    share: float
    cost: tuple[int, int]
    tickets: tuple[int, int]
    cap_share: tuple[float, float]
    """The most that one player may buy, of all tickets."""
    minutes: tuple[float, float]
    second_draw: float
    """How many of them are drawn with a beacon."""


KINDS = {
    "micro": Kind(0.30, (1, 2), (24, 70), (0.08, 0.25), (2, 8), 0.3),
    "blitz": Kind(0.22, (2, 10), (8, 20), (0.10, 0.40), (1, 3), 0.2),
    "regular": Kind(0.25, (5, 20), (40, 120), (0.04, 0.20), (6, 30), 0.4),
    "high": Kind(0.10, (50, 200), (16, 40), (0.10, 0.34), (10, 45), 0.7),
    "evening": Kind(0.08, (5, 25), (120, 300), (0.02, 0.12), (30, 90), 0.5),
    "jackpot": Kind(0.05, (10, 50), (200, 500), (0.01, 0.10), (120, 360), 0.8),
}
