"""Why a file may look different here: one line for a file or a kind, with the specification's clause that decides."""

from dataclasses import dataclass
from fnmatch import fnmatch


@dataclass(frozen=True)
class Explanation:
    """`pattern` is of labels, as in "pillow: Tests/images/*.png"."""

    pattern: str
    reason: str


EXPLANATIONS: tuple[Explanation, ...] = ()


def explain(label: str) -> str | None:
    return next((each.reason for each in EXPLANATIONS if fnmatch(label, each.pattern)), None)
