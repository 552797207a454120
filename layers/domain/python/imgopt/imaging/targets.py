"""Target scores of SSIMULACRA2, and their names."""

from contextlib import suppress
from typing import Any, Literal

# The names describe how results look.
TargetName = Literal["visually_lossless", "high", "medium", "low"]
TARGETS: dict[str, int] = {"visually_lossless": 90, "high": 80, "medium": 70, "low": 60}
LOWEST_TARGET, HIGHEST_TARGET = 30, 100


def target_score(value: Any) -> float:
    """Returns a target's score from its name or number. Raises ValueError, with the allowed values, for others."""
    known = TARGETS.get(value.strip().lower()) if isinstance(value, str) else value
    with suppress(TypeError, ValueError, OverflowError):
        score = float(value if known is None else known)
        if not isinstance(value, bool) and LOWEST_TARGET <= score <= HIGHEST_TARGET:
            return score
    names = ", ".join(TARGETS)
    raise ValueError(f"Use one of {names}, or a number from {LOWEST_TARGET} to {HIGHEST_TARGET}.")
