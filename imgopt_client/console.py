"""What is shown while it works: results on standard output, everything else on standard error."""

import json
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from imgopt_client.outcome import Outcome
from imgopt_client.progress import Report
from imgopt_client.sources import Source
from imgopt_client.table import lines_of, plain, shorten

LONGEST_PHASE = 11


def say(text: str) -> None:
    print(f"imgopt: {plain(text)}", file=sys.stderr, flush=True)


class Screen(Report):
    """Bars on a terminal; a table at the end, or lines of JSON as soon as they can keep the order of the inputs."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json, self.outcomes, self.rows = as_json, list[Outcome](), dict[Source, TaskID]()
        self.warnings = set[str]()
        self.console = Console(stderr=True)
        # Lines on the same terminal would be written through the bars.
        self.shown = self.console.is_terminal and not (as_json and sys.stdout.isatty())
        self.total = Progress(TextColumn("optimizing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.active = Progress(SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
        self.overall = self.total.add_task("", total=None)
        bars = Group(self.total, self.active)
        self.live = Live(bars, console=self.console, transient=True, redirect_stdout=False, redirect_stderr=False)

    def __enter__(self) -> Self:
        if self.shown:
            self.live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Also where it was interrupted: what is done is shown."""
        self.live.stop()
        if not self.as_json:
            show(lines_of(self.outcomes))

    def say(self, text: str) -> None:
        if self.shown:
            self.console.print(f"imgopt: {plain(text)}", markup=False, highlight=False)
        else:
            say(text)

    def began(self, total: int) -> None:
        self.total.update(self.overall, total=total)

    def entered(self, source: Source, phase: str) -> None:
        description = f"{phase:<{LONGEST_PHASE}} {shorten(plain(source.name))}"
        if source not in self.rows:
            self.rows[source] = self.active.add_task(description, total=None)
        self.active.update(self.rows[source], description=description)

    def warned(self, text: str) -> None:
        """Once in a run, however many files it is true of."""
        if text not in self.warnings:
            self.warnings.add(text)
            self.say(text)

    def left(self, source: Source) -> None:
        if source in self.rows:
            self.active.remove_task(self.rows.pop(source))
        self.total.advance(self.overall)

    def ended(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        if self.as_json:
            show([json.dumps(outcome.as_dict())])


def show(lines: Sequence[str]) -> None:
    for line in lines:
        print(line, flush=True)
