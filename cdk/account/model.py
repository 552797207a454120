"""Findings of checks."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class CheckStatus(StrEnum):
    OK = "ok"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """The result of a check. `text` has the facts and their meaning; a remedy is a command, an option or a URL."""

    status: CheckStatus
    text: str
    remedies: tuple[str, ...] = ()


def ok(text: str, *remedies: str) -> Finding:
    return Finding(CheckStatus.OK, text, remedies)


def missing(text: str, *remedies: str) -> Finding:
    return Finding(CheckStatus.MISSING, text, remedies)


def unknown(text: str, *remedies: str) -> Finding:
    return Finding(CheckStatus.UNKNOWN, text, remedies)


def exit_code(findings: Sequence[Finding]) -> int:
    """1 if something is missing, 2 if nothing could be checked, else 0."""
    statuses = {each.status for each in findings}
    if CheckStatus.MISSING in statuses:
        return 1
    return 0 if CheckStatus.OK in statuses else 2
