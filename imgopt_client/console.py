"""Console output of a run: results on standard output, everything else on standard error."""

import json
import sys
from collections.abc import Sequence
from enum import Enum, auto
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

from imgopt_client.outcome import FileOutcome, Status
from imgopt_client.printable import printable
from imgopt_client.progress import ProgressListener
from imgopt_client.sources import Source
from imgopt_client.table import kilobytes, percent, table_lines

PHASE_WIDTH = 11


class Output(Enum):
    """The form of results: a table at the end, a line for each in the inputs' order as soon as possible, or nothing."""

    TABLE = auto()
    LINES = auto()
    JSON = auto()
    NOTHING = auto()


def print_message(text: str) -> None:
    print(f"imgopt: {printable(text)}", file=sys.stderr, flush=True)


class ConsoleReporter(ProgressListener):
    """Shows progress bars on a terminal, and results in the form `output`. `verbose` prints each step of each file."""

    def __init__(self, output: Output, *, verbose: bool = False) -> None:
        self.output, self.verbose = output, verbose
        self.outcomes, self.progress_tasks = list[FileOutcome](), dict[Source, TaskID]()
        self.warnings = set[str]()
        self.console = Console(stderr=True)
        self.shows_progress = self._has_room_for_bars()
        self.total_bar = Progress(TextColumn("optimizing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        # A name that is too long for the line is cut and ends in an ellipsis.
        name = TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, ratio=1))
        self.file_bars = Progress(SpinnerColumn(), TimeElapsedColumn(), name, expand=True)
        self.total_task = self.total_bar.add_task("", total=None)
        bars = Group(self.total_bar, self.file_bars)
        self.live = Live(bars, console=self.console, transient=True, redirect_stdout=False, redirect_stderr=False)

    def _has_room_for_bars(self) -> bool:
        """Whether bars can be shown: other lines on the same terminal would break them."""
        writes_lines = self.output in (Output.JSON, Output.LINES) and sys.stdout.isatty()
        return self.console.is_terminal and not (writes_lines or self.verbose or self.output == Output.NOTHING)

    def __enter__(self) -> Self:
        if self.shows_progress:
            self.live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Shows the results, also of a run that was interrupted."""
        self.live.stop()
        if self.output == Output.TABLE:
            print_lines(table_lines(self.outcomes))

    def notify(self, text: str) -> None:
        if self.shows_progress:
            self.console.print(f"imgopt: {printable(text)}", markup=False, highlight=False)
        elif self.output != Output.NOTHING:
            print_message(text)

    def on_start(self, total: int) -> None:
        self.total_bar.update(self.total_task, total=total)

    def on_phase(self, source: Source, phase: str) -> None:
        if self.verbose:
            self.notify(f"{source.label}: {phase}")
        description = f"{phase:<{PHASE_WIDTH}} {printable(source.label)}"
        if source not in self.progress_tasks:
            self.progress_tasks[source] = self.file_bars.add_task(description, total=None)
        self.file_bars.update(self.progress_tasks[source], description=description)

    def on_warning(self, text: str) -> None:
        """Prints each warning once per run."""
        if text not in self.warnings:
            self.warnings.add(text)
            self.notify(text)

    def on_file_end(self, source: Source) -> None:
        if source in self.progress_tasks:
            self.file_bars.remove_task(self.progress_tasks.pop(source))
        self.total_bar.advance(self.total_task)

    def on_outcome(self, outcome: FileOutcome) -> None:
        if self.output == Output.JSON:
            print_lines([json.dumps(outcome.as_dict())])
        elif self.output == Output.LINES:
            print_outcome(outcome)
        else:
            self.outcomes.append(outcome)


def print_outcome(outcome: FileOutcome) -> None:
    """Prints the outcome of one file. Skipped files are not printed."""
    if outcome.error:
        print_message(f"{outcome.source.label}: {outcome.error}")
    elif outcome.status == Status.COMPLETED and outcome.result:
        sizes = f"{kilobytes(outcome.before)} -> {kilobytes(outcome.after)}, {percent(outcome.saved)} saved"
        print_lines([printable(f"{outcome.source.label}: {sizes}, {outcome.result.name}")])
    elif outcome.status == Status.KEPT:
        print_lines([printable(f"{outcome.source.label}: input kept, {percent(outcome.saved)} would be saved")])


def print_lines(lines: Sequence[str]) -> None:
    for line in lines:
        print(line, flush=True)
