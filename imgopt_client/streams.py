"""One image from standard input, and its result to standard output."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Any

from imgopt_client.connection import Connection
from imgopt_client.errors import ClientError
from imgopt_client.optimizer import optimize_files
from imgopt_client.options import Options
from imgopt_client.outcome import FileOutcome
from imgopt_client.progress import ProgressListener

INPUT_NAME, RESULT_FOLDER = "stdin", "results"


def optimize_stream(
    connection: Connection, settings: Mapping[str, Any], options: Options, progress: ProgressListener
) -> list[FileOutcome]:
    """Optimizes standard input. If the result saves too little, the input is written unchanged.

    Raises ClientError if standard output is a terminal.
    """
    if sys.stdout.isatty():
        raise ClientError("Results are binary. Redirect them to a file: `imgopt optimize - < in.png > out.png`.")
    with TemporaryDirectory(prefix="imgopt-") as folder:
        given = Path(folder) / INPUT_NAME
        with given.open("wb") as file:
            copyfileobj(sys.stdin.buffer, file)
        once = replace(options, out=Path(folder) / RESULT_FOLDER, resume=False)
        outcomes = optimize_files(connection, [given], settings, once, progress)
        for each in outcomes:
            if not each.error:
                copy_to_output(each.result or given)
    return outcomes


def copy_to_output(path: Path) -> None:
    with path.open("rb") as file:
        copyfileobj(file, sys.stdout.buffer)
    sys.stdout.buffer.flush()
