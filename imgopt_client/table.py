"""Outcomes for people to read."""

import sys
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from imgopt_client.outcome import FileOutcome
from imgopt_client.printable import printable

# A pipe has no width: each row is one line, however long its names are.
PIPE_WIDTH = 10_000
# Narrower terminals have no room for all columns. The rest is in the output of --json.
WIDTH_OF_ALL_COLUMNS = 80
WIDE_ONLY = ("score", "dimensions", "time")
# Warnings are sentences: where they have no room beside the rest they follow the table.
WIDTH_WITH_WARNINGS = 140


def table_lines(outcomes: Iterable[FileOutcome], console: Console | None = None) -> Sequence[str]:
    """A heading and a row for each result, for standard output, and warnings; nothing where there is no result."""
    console = console or Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
    rows = [cells_of(each) for each in outcomes if each.result]
    if not rows:
        return []
    left_out = columns_left_out(console.width)
    names = [name for name in rows[0] if name not in left_out and any(row[name] for row in rows)]
    table = Table(*map(column, names), box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for row in rows:
        table.add_row(*(Text(row[name]) for name in names))
    with console.capture() as capture:
        console.print(table)
    notes = [f"{row['file']}: {row['warning']}" for row in rows if row["warning"] and "warning" in left_out]
    return [*(line.rstrip() for line in capture.get().rstrip("\n").split("\n")), *notes]


def columns_left_out(width: int) -> Sequence[str]:
    if width >= WIDTH_WITH_WARNINGS:
        return ()
    return ("warning",) if width >= WIDTH_OF_ALL_COLUMNS else (*WIDE_ONLY, "warning")


def column(name: str) -> Column:
    """Names are folded where there is little room, and numbers stay whole."""
    if name in ("file", "result"):
        return Column(name, overflow="fold")
    if name == "warning":
        return Column(name)
    return Column(name, justify="right", no_wrap=True)


def cells_of(outcome: FileOutcome) -> Mapping[str, str]:
    facts, saved = outcome.facts, outcome.saved
    return {
        "file": printable(outcome.source.name),
        "before": kilobytes(outcome.before),
        "after": kilobytes(outcome.after),
        "saved": "" if saved is None else f"{saved:.0%}",
        "score": "" if facts.get("score") is None else f"{facts['score']:.1f}",
        "dimensions": f"{facts.get('width')} x {facts.get('height')}",
        "time": f"{outcome.seconds:.1f} s" if outcome.seconds else "earlier",
        "result": printable(outcome.result.name if outcome.result else ""),
        "warning": printable(facts.get("warning") or ""),
    }


def kilobytes(size: int) -> str:
    return f"{size / 1000:,.1f} kB"
