"""Optimizes many files: the client's interface for programs.

with connect("http://127.0.0.1:8080") as connection:
    outcomes = optimize_files(connection, ["hero.png"], {"output_format": "webp"})
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

from imgopt_client.connection import Connection
from imgopt_client.errors import ClientError, RunAborted
from imgopt_client.file_task import FileTask, RunContext
from imgopt_client.options import Options
from imgopt_client.outcome import FileOutcome, Status, failure
from imgopt_client.output_writer import OutputWriter
from imgopt_client.progress import ProgressListener
from imgopt_client.resume_state import ResumeStates
from imgopt_client.sources import Source, SourceFinder
from imgopt_client.thread_pool import run_in_order
from imgopt_client.uploads import Uploader

DEFAULTS = Options()
NO_PROGRESS = ProgressListener()


def optimize_files(
    connection: Connection,
    inputs: Iterable[str | os.PathLike[str]],
    settings: Mapping[str, Any],
    options: Options = DEFAULTS,
    progress: ProgressListener = NO_PROGRESS,
) -> list[FileOutcome]:
    """One outcome for each input, in their order; reasons of failures are in them.

    Interrupted by an exception, it tells its threads to stop, and what they have reached is kept for the next run.
    """
    if options.out:
        make_output_folder(options.out)
    resume_states = ResumeStates()
    sources = SourceFinder(options.out, options.recursive, resume_states.is_result).find(inputs)
    writer = OutputWriter((each.path for each in sources if each.path), overwrite=options.overwrite)
    uploader = Uploader(connection, options.presign_above)
    runner = FileRunner(RunContext(connection, settings, uploader, writer, progress, resume_states, options))
    outcomes = []
    tasks = [partial(runner.run, each) for each in sources]
    progress.on_start(len(sources))
    try:
        with closing(run_in_order(tasks, options.jobs, connection.cancel_token)) as ended:
            for outcome in ended:
                outcomes.append(outcome)
                progress.on_outcome(outcome)
    finally:
        resume_states.close()
    return outcomes


def make_output_folder(out: Path) -> None:
    """Before anything is asked of the server. Raises ClientError where results can't be put there."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ClientError(f"{out} can't be made: {error.strerror}.") from error
    if not os.access(out, os.W_OK):
        raise ClientError(f"{out} can't be written to.")


class FileRunner:
    """Runs the task of each file, and turns what it raises into its outcome."""

    def __init__(self, context: RunContext) -> None:
        self.context = context
        self.aborted_by: RunAborted | None = None

    def run(self, source: Source) -> FileOutcome:
        if source.problem:
            outcome = failure(source, source.problem)
        elif source.is_result:
            outcome = FileOutcome(source, Status.SKIPPED)
        elif self.aborted_by:
            outcome = FileOutcome(
                source, Status.UNTRIED, error=str(self.aborted_by), exit_code=self.aborted_by.exit_code
            )
        else:
            outcome = self._try(source)
        self.context.progress.on_file_end(source)
        return outcome

    def _try(self, source: Source) -> FileOutcome:
        try:
            return FileTask(self.context, source).run()
        except RunAborted as reason:
            self.aborted_by = reason
            return failure(source, str(reason), reason.exit_code)
        except ClientError as reason:
            return failure(source, str(reason), reason.exit_code)
        except OSError as error:
            return failure(source, f"{error.filename or source.location}: {error.strerror or error}.")
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            return failure(source, f"The server's answer is of no use: {error}.")
