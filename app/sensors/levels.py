"""Water levels against báo động I, II, III of their station: pure functions, metres."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

HYSTERESIS = 0.05
"""A level is left only when the water is so far below it (metres)."""
TOLERANCE = 1e-9
NAMES = ("", "I", "II", "III")


def check_levels(levels: Sequence[float]) -> bool:
    """Whether they are three and rise."""
    return len(levels) == len(NAMES) - 1 and all(low < high for low, high in pairwise(levels))


def full_levels(*given: float | None) -> list[float]:
    """Báo động I, II, III of a stream as stored: all of them, or nothing."""
    levels = [level for level in given if level is not None]
    return levels if len(levels) == len(given) else []


def flood_level(water: float, levels: Sequence[float], before: int = 0) -> int:
    """0 below báo động I, else 1 to 3. `before` is the level so far: falling, it is kept until the
    water is more than `HYSTERESIS` below it."""
    reached = sum(water >= level for level in levels)
    kept = before
    while kept > reached and water < levels[kept - 1] - HYSTERESIS - TOLERANCE:
        kept -= 1
    return max(reached, kept)


def describe_level(water: float, levels: Sequence[float]) -> str:
    """“trên BĐ II 0,15 m”, “dưới BĐ I 0,30 m”: against the highest level that was reached, else
    the first, as the bulletins say it."""
    reached = sum(water >= level for level in levels)
    nearest = max(reached, 1)
    away = round(abs(water - levels[nearest - 1]), 2)
    if reached and not away:
        return f"ở mức BĐ {NAMES[nearest]}"
    side = "trên" if reached else "dưới"
    return f"{side} BĐ {NAMES[nearest]} {away:.2f} m".replace(".", ",")
