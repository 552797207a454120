"""Outcomes for people to read."""

from collections.abc import Iterable, Sequence

from imgopt_client.outcome import Outcome
from imgopt_client.printable import printable

COLUMNS = "{:<28} {:>10} {:>10} {:>7}  {:<12} {:>8}  {}"
NAMES = ("file", "before", "after", "saved", "dimensions", "time", "result")
LONGEST_NAME = 28


def lines_of(outcomes: Iterable[Outcome]) -> Sequence[str]:
    """A heading and a line for each result; nothing where there is none."""
    rows = [row(each) for each in outcomes if each.result]
    return [COLUMNS.format(*NAMES), *rows] if rows else []


def row(outcome: Outcome) -> str:
    facts, saved = outcome.facts, outcome.saved
    return COLUMNS.format(
        shorten(printable(outcome.source.name)),
        kilobytes(outcome.before),
        kilobytes(outcome.after),
        "" if saved is None else f"{saved:.0%}",
        f"{facts.get('width')} x {facts.get('height')}",
        f"{outcome.seconds:.1f} s" if outcome.seconds else "earlier",
        printable(outcome.result.name if outcome.result else ""),
    )


def kilobytes(size: int) -> str:
    return f"{size / 1000:,.1f} kB"


def shorten(name: str) -> str:
    """The beginning and the end tell names apart best."""
    return name if len(name) <= LONGEST_NAME else f"{name[:14]}…{name[-13:]}"
