"""Optimizes many files: the interface for programs.

with connect("http://127.0.0.1:8080") as connection:
    outcomes = optimize_files(connection, ["hero.png"], {"output_format": "webp"})
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from imgopt_client.connection import Connection
from imgopt_client.errors import ClientError, RunAborted
from imgopt_client.file_task import Arrival, FileTask, RunContext
from imgopt_client.options import Options
from imgopt_client.outcome import FileOutcome, Status, failure
from imgopt_client.output_writer import OutputWriter
from imgopt_client.progress import NO_PROGRESS, ProgressListener
from imgopt_client.resume_state import ResumeStates, default_state_folder
from imgopt_client.sources import Source, SourceFinder
from imgopt_client.thread_pool import run_in_order
from imgopt_client.uploads import Uploader

DEFAULTS = Options()


def optimize_files(
    connection: Connection,
    inputs: Iterable[str | os.PathLike[str]],
    settings: Mapping[str, Any],
    options: Options = DEFAULTS,
    progress: ProgressListener = NO_PROGRESS,
) -> list[FileOutcome]:
    """Optimizes files, and returns one outcome for each input, in their order. Outcomes contain reasons of failures.

    If an exception interrupts it, its threads stop, and their progress is stored for the next run.
    """
    if options.out:
        make_output_folder(options.out)
    resume_states = ResumeStates(default_state_folder(os.environ))
    sources = select_sources(inputs, options, resume_states)
    try:
        return optimize_sources(connection, sources, settings, options, progress, resume_states)
    finally:
        for problem in resume_states.close():
            progress.on_warning(problem)


def select_sources(
    inputs: Iterable[str | os.PathLike[str]], options: Options, resume_states: ResumeStates
) -> Sequence[Source]:
    is_result, exclude = resume_states.is_result, options.exclude
    return SourceFinder(options.out, options.recursive, is_result, exclude, options.in_place).find(inputs)


def optimize_sources(  # noqa: PLR0913, PLR0917 - a run has this many parts
    connection: Connection,
    sources: Sequence[Source],
    settings: Mapping[str, Any],
    options: Options,
    progress: ProgressListener,
    resume_states: ResumeStates,
) -> list[FileOutcome]:
    writer = OutputWriter((each.path for each in sources if each.path), overwrite=options.overwrite)
    uploader = Uploader(connection, options.presign_above)
    runner = FileRunner(RunContext(connection, settings, uploader, writer, progress, resume_states, options))
    tasks = [partial(runner.run, each) for each in sources]
    progress.on_start(len(sources))
    outcomes: list[FileOutcome] = []
    with closing(run_in_order(tasks, options.jobs, connection.cancel_token, runner.settle)) as ended:
        for each in ended:
            outcomes.append(runner.settle(each))
            progress.on_outcome(outcomes[-1])
    return outcomes


def make_output_folder(out: Path) -> None:
    """Creates the folder of results before the first request. Raises ClientError if it can't be written to."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ClientError(f"The folder {out} can't be created: {error.strerror}.") from error
    if not os.access(out, os.W_OK):
        raise ClientError(f"The folder {out} is not writable.")


class FileRunner:
    """Runs the task of each file, and turns its errors into outcomes."""

    def __init__(self, context: RunContext) -> None:
        self.context = context
        self.aborted_by: RunAborted | None = None

    def run(self, source: Source) -> FileOutcome | Arrival:
        ended = self._outcome_without_work(source) or self._try(source)
        self.context.progress.on_file_end(source)
        return ended

    def settle(self, ended: FileOutcome | Arrival) -> FileOutcome:
        """Names a result. It is called in the order of the inputs, so that names do not depend on timing."""
        if isinstance(ended, FileOutcome):
            return ended
        try:
            return ended.settle()
        except (ClientError, OSError) as error:
            return failure_of(ended.task.source, error)

    def _outcome_without_work(self, source: Source) -> FileOutcome | None:
        if source.problem:
            return failure(source, source.problem)
        if source.is_result:
            return FileOutcome(source, Status.SKIPPED)
        if self.aborted_by:
            code = self.aborted_by.exit_code
            return FileOutcome(source, Status.UNTRIED, error=str(self.aborted_by), exit_code=code)
        return None

    def _try(self, source: Source) -> FileOutcome | Arrival:
        try:
            return FileTask(self.context, source).run()
        except RunAborted as reason:
            self.aborted_by = reason
            return failure_of(source, reason)
        except (ClientError, OSError) as error:
            return failure_of(source, error)


def failure_of(source: Source, error: ClientError | OSError) -> FileOutcome:
    if isinstance(error, ClientError):
        return failure(source, str(error), error.exit_code)
    return failure(source, f"{error.filename or source.location}: {error.strerror or error}.")
