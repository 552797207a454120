"""Scores of SSIMULACRA2 that may be asked for, and their names."""

from contextlib import suppress
from typing import Any, Literal

# By what they look like.
TargetName = Literal["visually_lossless", "high", "medium", "low"]
TARGETS: dict[str, int] = {"visually_lossless": 90, "high": 80, "medium": 70, "low": 60}
LOWEST_TARGET, HIGHEST_TARGET = 30, 100


def target_score(value: Any) -> float:
    """A target's name or number as the number. Raises ValueError, naming what is allowed."""
    known = TARGETS.get(value.strip().lower()) if isinstance(value, str) else value
    with suppress(TypeError, ValueError, OverflowError):
        score = float(value if known is None else known)
        if not isinstance(value, bool) and LOWEST_TARGET <= score <= HIGHEST_TARGET:
            return score
    names = ", ".join(TARGETS)
    raise ValueError(f"Use one of {names}, or a number from {LOWEST_TARGET} to {HIGHEST_TARGET}.")
