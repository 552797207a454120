"""What a check says about an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    OK = "ok"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """`text` has the facts and what they mean here; each remedy is a command, an option or a page."""

    status: Status
    text: str
    remedies: tuple[str, ...] = ()


def ok(text: str, *remedies: str) -> Finding:
    return Finding(Status.OK, text, remedies)


def missing(text: str, *remedies: str) -> Finding:
    return Finding(Status.MISSING, text, remedies)


def unknown(text: str, *remedies: str) -> Finding:
    return Finding(Status.UNKNOWN, text, remedies)


def exit_code(findings: Sequence[Finding]) -> int:
    """1 where something is missing, 2 where nothing could be looked at, else 0."""
    statuses = {each.status for each in findings}
    if Status.MISSING in statuses:
        return 1
    return 0 if Status.OK in statuses else 2
