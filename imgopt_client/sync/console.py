"""Console output of `imgopt sync`: progress, failures and a total, or a line of JSON for each result."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from imgopt_client.console import print_lines, print_message
from imgopt_client.printable import printable
from imgopt_client.sync.work import SyncOutcome, SyncStatus
from imgopt_client.table import kilobytes, percent

WORDS = {
    SyncStatus.MADE: "made",
    SyncStatus.THERE: "there already",
    SyncStatus.WANTED: "to be made",
    SyncStatus.FAILED: "failed",
}


class SyncConsole:
    def __init__(self, *, as_json: bool, quiet: bool) -> None:
        self.as_json, self.quiet = as_json, quiet
        self.counts, self.before, self.after = Counter[SyncStatus](), 0, 0
        self.left_out, self.warnings = 0, set[str]()
        console = Console(stderr=True)
        columns = (TextColumn("syncing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        shows = console.is_terminal and not quiet and not (as_json and sys.stdout.isatty())
        self.progress = Progress(*columns, console=console, transient=True, disable=not shows)
        self.task = self.progress.add_task("", total=None)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Prints the total, also of a run that was interrupted, but not of one that could not begin."""
        self.progress.stop()
        if not self.as_json and not self.quiet and (self.counts or not error):
            print_lines(self.total_lines())

    def on_total(self, objects: int, left_out: int) -> None:
        self.progress.update(self.task, total=objects)
        self.left_out = left_out

    def on_outcomes(self, outcomes: Sequence[SyncOutcome]) -> None:
        self.progress.advance(self.task)
        for each in outcomes:
            self.counts[each.status] += 1
            if each.status == SyncStatus.MADE:
                self.before, self.after = self.before + each.before, self.after + each.after
            if each.status == SyncStatus.FAILED:
                self.tell(f"{each.key} ({each.preset}): {each.error}")
            if self.as_json:
                print_lines([json.dumps(asdict(each))])

    def on_warning(self, text: str) -> None:
        """Prints each warning once per run. Called from any thread."""
        if text not in self.warnings:
            self.warnings.add(text)
            self.tell(text)

    def tell(self, text: str) -> None:
        if self.progress.disable:
            print_message(text)
        else:
            self.progress.console.print(f"imgopt: {printable(text)}", markup=False, highlight=False)

    def total_lines(self) -> list[str]:
        counted = [f"{count} {WORDS[status]}" for status, count in self.counts.items()]
        saved = f", {kilobytes(self.before)} to {kilobytes(self.after)}" if self.after else ""
        share = f" ({percent(1 - self.after / self.before)} saved)" if self.after and self.before else ""
        others = [f"{self.left_out} other objects left out"] if self.left_out else []
        return [", ".join([*counted, *others]) + saved + share] if counted or others else ["no images found"]
