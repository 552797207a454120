"""What a check says about an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    OK = "ok"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """`text` has the facts and what they mean here; each remedy is a command, an option or a page."""

    mark: Mark
    text: str
    remedies: tuple[str, ...] = ()


def ok(text: str, *remedies: str) -> Finding:
    return Finding(Mark.OK, text, remedies)


def missing(text: str, *remedies: str) -> Finding:
    return Finding(Mark.MISSING, text, remedies)


def unknown(text: str, *remedies: str) -> Finding:
    return Finding(Mark.UNKNOWN, text, remedies)


def exit_code(findings: Sequence[Finding]) -> int:
    """1 where something is missing, 2 where nothing could be looked at, else 0."""
    marks = {each.mark for each in findings}
    if Mark.MISSING in marks:
        return 1
    return 0 if Mark.OK in marks else 2
