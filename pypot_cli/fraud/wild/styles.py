"""What each strategy is like: sizes, ages, pace, appetite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_EVERY_POT = ("micro", "blitz", "regular", "high", "evening", "jackpot")


@dataclass(frozen=True)
class Style:
    """How a kind of ring plays; pairs are ranges that each ring draws from."""

    size: tuple[int, int]
    gap: tuple[float, float]
    """Typical seconds between the joins of two accounts."""
    greed: tuple[float, float]
    """What each account buys, of the cap."""
    late: tuple[float, float] = (0.0, 0.5)
    """How late in a pot's time they begin, of that time."""
    turnout: tuple[float, float] = (0.7, 1.0)
    """How many of the accounts come to a pot."""
    alone: tuple[float, float] = (0.0, 0.5)
    """Pots that an account plays without the others, for each they play together."""
    batch_hours: tuple[float, float] | None = (1, 72)
    """Within how many hours the accounts were made; None: bought, each of its own age."""
    kinds: Sequence[str] = ("regular", "high", "evening", "jackpot")


STYLES = {
    "home_multi": Style((2, 6), (10, 120), (0.5, 1.0)),
    "shared_handset": Style((2, 6), (25, 240), (0.4, 1.0), kinds=_EVERY_POT),
    "proxy_hopper": Style((3, 9), (20, 150), (0.5, 1.0)),
    "profile_swapper": Style((3, 10), (10, 90), (0.5, 1.0), kinds=_EVERY_POT),
    "partners": Style(
        (2, 3), (15, 600), (0.6, 1.0), turnout=(0.9, 1.0), alone=(0.1, 0.8), batch_hours=None,
        kinds=_EVERY_POT,
    ),
    "drip": Style((3, 7), (240, 1800), (0.15, 0.6), (0.0, 0.2), kinds=("regular", "evening",
        "jackpot", "high")),
    "cap_breaker": Style(
        (3, 8), (5, 90), (0.95, 1.0), (0.2, 0.8), (0.9, 1.0), batch_hours=None,
        kinds=("high", "evening", "jackpot", "regular"),
    ),
    "emulator_farm": Style((6, 18), (2, 25), (0.2, 0.9), turnout=(0.4, 0.9), batch_hours=(0.5, 8),
        kinds=_EVERY_POT),
    "bonus_crew": Style((4, 9), (15, 200), (0.3, 0.9), turnout=(0.5, 0.9), alone=(0.0, 0.2)),
    "proxy_pool": Style((3, 9), (20, 300), (0.5, 1.0), batch_hours=(12, 300)),
    "hired_hands": Style((4, 9), (8, 60), (0.5, 1.0), (0.1, 0.7), (0.6, 0.95), (0.1, 0.6), None),
    "insider": Style(
        (2, 4), (0, 0), (0.6, 1.0), (0.9, 0.98), alone=(0.0, 0.3), batch_hours=None,
        kinds=_EVERY_POT,
    ),
}  # fmt: skip


NAMES = tuple(STYLES)
