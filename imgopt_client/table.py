"""Tables of outcomes and quotes."""

import sys
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from imgopt_client.outcome import FileOutcome, share_saved
from imgopt_client.printable import printable
from imgopt_client.quoting import FileQuote

# The width if standard output is not a terminal. It is large enough for each row to be one line.
PIPE_WIDTH = 10_000
# On narrower terminals some columns are left out. --json prints all values.
WIDTH_OF_ALL_COLUMNS = 80
WIDE_ONLY = ("score", "dimensions", "time")
# On narrower terminals warnings, which are sentences, follow the table.
WIDTH_WITH_WARNINGS = 140
INPUT_KEPT = "input kept"


def table_lines(outcomes: Iterable[FileOutcome], console: Console | None = None) -> Sequence[str]:
    """A heading, a row for each result, a total, and warnings. Empty if there is no result."""
    console = console or Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
    shown = [each for each in outcomes if each.has_result]
    rows = [*map(cells_of, shown), *([total_cells(shown)] if len(shown) > 1 else [])]
    left_out = columns_left_out(console.width)
    notes = [f"{row['file']}: {row['warning']}" for row in rows if row["warning"] and "warning" in left_out]
    return [*render_rows(rows, left_out, console), *notes]


def render_rows(rows: Sequence[Mapping[str, str]], left_out: Sequence[str], console: Console) -> Sequence[str]:
    """The lines of a table. Columns without values are left out."""
    if not rows:
        return []
    names = [name for name in rows[0] if name not in left_out and any(row[name] for row in rows)]
    table = Table(*map(column, names), box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for row in rows:
        table.add_row(*(Text(row[name]) for name in names))
    with console.capture() as capture:
        console.print(table)
    return [line.rstrip() for line in capture.get().rstrip("\n").split("\n")]


def columns_left_out(width: int) -> Sequence[str]:
    if width >= WIDTH_WITH_WARNINGS:
        return ()
    return ("warning",) if width >= WIDTH_OF_ALL_COLUMNS else (*WIDE_ONLY, "warning")


def column(name: str) -> Column:
    """A column. Names are wrapped if there is little room; numbers are not."""
    if name in ("file", "result"):
        return Column(name, overflow="fold")
    if name == "warning":
        return Column(name)
    return Column(name, justify="right", no_wrap=True)


def cells_of(outcome: FileOutcome) -> Mapping[str, str]:
    facts = outcome.facts
    return {
        "file": printable(outcome.source.label),
        "before": kilobytes(outcome.before),
        "after": kilobytes(outcome.after),
        "saved": percent(outcome.saved),
        "score": "" if facts.get("score") is None else f"{facts['score']:.1f}",
        "dimensions": f"{facts.get('width')} x {facts.get('height')}",
        "time": f"{outcome.seconds:.1f} s" if outcome.seconds else "earlier",
        "result": printable(outcome.result.name) if outcome.result else INPUT_KEPT,
        "warning": printable(facts.get("warning") or ""),
    }


def total_cells(outcomes: Sequence[FileOutcome]) -> Mapping[str, str]:
    """The total. Inputs that were kept count with their own size."""
    before = sum(each.before for each in outcomes)
    after = sum(each.after if each.result else each.before for each in outcomes)
    cells = {
        "file": f"{len(outcomes)} files",
        "before": kilobytes(before),
        "after": kilobytes(after),
        "saved": percent(share_saved(before, after)),
    }
    return {**dict.fromkeys(cells_of(outcomes[0]), ""), **cells}


def percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def kilobytes(size: int) -> str:
    return f"{size / 1000:,.1f} kB"


def quote_lines(quotes: Iterable[FileQuote], console: Console | None = None) -> Sequence[str]:
    """A heading, a row for each quote, a total, and the remaining credits. Empty if there is no quote."""
    console = console or Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
    shown = [each for each in quotes if not each.error]
    if not shown:
        return []
    rows = [quote_cells(each.source.label, [each]) for each in shown]
    rows += [quote_cells(f"{len(shown)} files", shown)] if len(shown) > 1 else []
    left = [each.credits_remaining for each in shown if each.credits_remaining is not None]
    return [*render_rows(rows, (), console), *([f"credits left: {min(left)}"] if left else [])]


def quote_cells(label: str, quotes: Sequence[FileQuote]) -> Mapping[str, str]:
    """The cells of one quote, or of the sum of several."""
    before, after = sum(each.before for each in quotes), sum(each.bytes_expected for each in quotes)
    return {
        "file": printable(label),
        "before": kilobytes(before),
        "about": kilobytes(after),
        "saved": percent(share_saved(before, after)),
        "credits": str(sum(each.credits for each in quotes)),
    }
