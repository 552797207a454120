"""The price of a run, without running it: `--dry-run`."""

import os
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

from imgopt_client.connection import Connection
from imgopt_client.errors import ClientError, ExitCode, FileRefused, RunAborted
from imgopt_client.file_task import FileTask, RunContext
from imgopt_client.optimizer import select_sources
from imgopt_client.options import Options
from imgopt_client.output_writer import OutputWriter
from imgopt_client.placement import check_replaceable
from imgopt_client.progress import ProgressListener
from imgopt_client.responses import UNEXPECTED_RESPONSE, JsonObject
from imgopt_client.resume_state import ResumeStates, default_state_folder
from imgopt_client.sources import Source
from imgopt_client.thread_pool import run_in_order
from imgopt_client.uploads import Uploader

NUMBERS = ("bytes_expected", "credits", "credits_remaining")


@dataclass(frozen=True)
class FileQuote:
    """The quote for one input: exact credits, estimated bytes. `error` is the reason if there is none."""

    source: Source
    before: int = 0
    bytes_expected: int = 0
    credits: int = 0
    credits_remaining: int | None = None
    error: str | None = None
    exit_code: ExitCode = ExitCode.DONE

    def as_dict(self) -> dict[str, Any]:
        """The quote as JSON values."""
        return {
            "file": self.source.location,
            "status": "failed" if self.error else "quoted",
            "before": self.before or None,
            "bytes_expected": self.bytes_expected or None,
            "credits": None if self.error else self.credits,
            "credits_remaining": self.credits_remaining,
            "error": self.error,
        }


def quote_files(
    connection: Connection,
    inputs: Iterable[str | os.PathLike[str]],
    settings: Mapping[str, Any],
    options: Options,
    progress: ProgressListener,
) -> list[FileQuote]:
    """One quote for each input, in their order. Files are uploaded, because the price depends on their content.

    Files that an earlier run has finished cost nothing. Raises RunAborted for errors that all inputs would have.
    """
    states = ResumeStates(default_state_folder(os.environ))
    sources = select_sources(inputs, options, states)
    uploader, writer = Uploader(connection, options.presign_above), OutputWriter((), overwrite=False)
    context = RunContext(connection, settings, uploader, writer, progress, states, options)
    wanted = [each for each in sources if not each.is_result]
    tasks = [partial(quote_or_failure, context, each) for each in wanted]
    progress.on_start(len(wanted))
    with closing(run_in_order(tasks, options.jobs, connection.cancel_token)) as quotes:
        return list(quotes)


def quote_or_failure(context: RunContext, source: Source) -> FileQuote:
    try:
        return quote_done(context, source) or quote_file(
            context.connection, context.uploader, context.settings, context.progress, source
        )
    except RunAborted:
        context.connection.cancel_token.cancel()
        raise
    except ClientError as error:
        return FileQuote(source, error=str(error), exit_code=error.exit_code)
    except OSError as error:
        return FileQuote(source, error=f"{error.strerror}.", exit_code=ExitCode.FAILED)
    finally:
        context.progress.on_file_end(source)


def quote_done(context: RunContext, source: Source) -> FileQuote | None:
    """A quote of nothing for a finished file. None if there is something to do."""
    if source.problem:
        return None
    if done := FileTask(context, source).find_done():
        return FileQuote(source, done.before, done.after)
    if context.options.in_place:
        check_replaceable(source)
    return None


def quote_file(
    connection: Connection, uploader: Uploader, settings: Mapping[str, Any], progress: ProgressListener, source: Source
) -> FileQuote:
    if source.problem:
        raise FileRefused(source.problem)
    progress.on_phase(source, "uploading")
    upload = uploader.upload(source)
    body = {"temp_file_ids": [upload.temp_file_id], "settings": dict(settings)}
    answer = connection.request("POST", "/quote", json=body)
    for warning in answer.get("warnings") or ():
        progress.on_warning(str(warning))
    expected, taken, left = (integer_field(answer, name) for name in NUMBERS)
    return FileQuote(source, upload.size, expected, taken, left)


def integer_field(answer: JsonObject, name: str) -> int:
    value = answer.get(name)
    if not isinstance(value, int):
        raise FileRefused(UNEXPECTED_RESPONSE)
    return value
