"""Processes new and changed files in folders: `--watch`."""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from imgopt_client.connection import Connection
from imgopt_client.optimizer import make_output_folder, optimize_sources, select_sources
from imgopt_client.options import Options
from imgopt_client.progress import ProgressListener
from imgopt_client.resume_state import ResumeStates, default_state_folder
from imgopt_client.sources import Source

# Folders are searched at intervals, because network drives do not report changes.
LOOK_INTERVAL = 1.0
Stamps = dict[str, list[int] | None]


def watch_files(
    connection: Connection,
    inputs: Sequence[str],
    settings: Mapping[str, Any],
    options: Options,
    progress: ProgressListener,
) -> NoReturn:
    """Runs until it is interrupted. A file is processed once it has not changed for an interval."""
    if options.out:
        make_output_folder(options.out)
    done, last = Stamps(), None
    while True:
        states = ResumeStates(default_state_folder(os.environ))
        found = [each for each in select_sources(inputs, options, states) if not each.is_result]
        stamps = stamps_of(found)
        ready = [each for each in found if is_due(each, stamps, last, done)]
        try:
            if ready:
                optimize_sources(connection, ready, settings, options, progress, states)
        finally:
            for problem in states.close():
                progress.on_warning(problem)
        done |= stamps_of(ready)
        last = stamps
        connection.cancel_token.wait(LOOK_INTERVAL)


def stamps_of(sources: Iterable[Source]) -> Stamps:
    """The stamps of all sources that still exist."""
    stamps = Stamps()
    for each in sources:
        with suppress(OSError):
            stamps[each.location] = each.stamp()
    return stamps


def is_due(source: Source, stamps: Stamps, last: Stamps | None, done: Stamps) -> bool:
    """Whether a source is to be processed: it is new or has changed, and is the same as at the last search."""
    now = stamps.get(source.location)
    if source.location not in stamps or (source.location in done and done[source.location] == now):
        return False
    return last is None or (source.location in last and last[source.location] == now)
