"""`make demo`: optimizes images with the whole service on a temporary local cloud, and prints the results.

At the same time it enlarges one of them to twice its size.
"""

import signal

if __name__ == "__main__":  # The imports take a second. Until end_on_signals(), Ctrl-C ends without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx2

from imgopt_client.connection import Connection, connect
from imgopt_client.errors import ClientError
from imgopt_client.optimizer import optimize_files
from imgopt_client.options import Options
from imgopt_client.outcome import FileOutcome
from imgopt_client.progress import ProgressListener
from imgopt_client.sources import Source
from imgopt_client.table import table_lines
from imgopt_client.thread_pool import run_in_order
from local.cloud import MOST_JOBS_STAGES, Cloud, running
from local.console import describe_os_error, exit_with, say
from local.data_folder import LOCK_NAME, remove_demo_folders
from local.demo_images import named_images, smallest
from local.demo_limits import raise_limits
from local.private_files import LOCAL, ROOT, make_folder
from local.processes import Stopped, end_on_signals, free_port, only_one

RESULTS = ROOT / "demo-results"
LARGER = RESULTS / "2x"
# Images are processed one after the other, beside the one that is enlarged. Polling is cheap here, so it is frequent.
DEMO_OPTIONS = Options(out=RESULTS, overwrite=True, resume=False, jobs=1, longest_pause=0.15)
WITH_WORDS, TWICE_AS_LARGE = {"output_seo_tag_gen": True}, {"output_upscale_factor": 2}


class Progress(ProgressListener):
    """Prints the progress. In `doing`, {} is replaced by the file's name."""

    def __init__(self, doing: str) -> None:
        self.doing = doing

    def on_phase(self, source: Source, phase: str) -> None:
        if phase == "uploading":
            say(self.doing.format(source.name))


def main(arguments: Sequence[str]) -> int:
    end_on_signals()
    images = [Path(argument) for argument in arguments] or named_images(os.environ.get("IMAGE", ""))
    missing = [str(image) for image in images if not image.is_file()]
    if missing or not images:
        return exit_with(
            f"no such file: {', '.join(missing)}" if missing else 'no images; name some: make demo IMAGE="a.jpg b.png"'
        )
    try:
        return demonstrate(images)
    except Stopped:
        return exit_with("stopped")
    except (RuntimeError, ClientError, httpx2.HTTPError) as error:
        return exit_with(str(error))
    except OSError as error:
        return exit_with(describe_os_error(error))


def demonstrate(images: Sequence[Path]) -> int:
    """Returns 0 if every image was optimized. Prints the reason for each that was not."""
    with temporary_cloud() as cloud, connect(cloud.url) as connection:
        outcomes, larger = run_demonstration(connection, images)
    print("", *table_lines(outcomes), "", *tag_lines(outcomes), "", *table_lines(larger), sep="\n")
    print(f"\nThe results are in {RESULTS}")
    refusals = [f"{each.source.name}: {each.error}" for each in (*outcomes, *larger) if each.error]
    for refusal in refusals:
        say(refusal)
    return 1 if refusals else 0


def run_demonstration(connection: Connection, images: Sequence[Path]) -> list[list[FileOutcome]]:
    """The outcomes of all images, and that of the one that is enlarged."""
    larger = replace(DEMO_OPTIONS, out=LARGER)
    tasks = [
        partial(optimize_files, connection, images, WITH_WORDS, DEMO_OPTIONS, Progress("optimizing {}")),
        partial(
            optimize_files,
            connection,
            smallest(images),
            TWICE_AS_LARGE,
            larger,
            Progress("enlarging {} to twice its size"),
        ),
    ]
    with closing(run_in_order(tasks, len(tasks), connection.cancel_token)) as ended:
        return list(ended)


def tag_lines(outcomes: Sequence[FileOutcome]) -> list[str]:
    alt_texts = [(each.source.name, each.facts.get("alt_text") or "no tags") for each in outcomes if each.result]
    return [f"{name}: {alt_text}" for name, alt_text in alt_texts]


def started(folder: Path) -> AbstractContextManager[Cloud]:
    """A cloud in which the stage for tags is started in advance, too."""
    return running(folder, port=free_port(), keep=False, say=say, ready=("Tag", *MOST_JOBS_STAGES))


@contextmanager
def temporary_cloud() -> Iterator[Cloud]:
    """A cloud whose data and logs are deleted at the end. If a part of it fails, they are kept."""
    make_folder(LOCAL)
    remove_demo_folders(LOCAL)
    raise_limits()
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=LOCAL))
    failed = False
    try:
        with only_one(folder / LOCK_NAME, "in use"), started(folder) as cloud:
            yield cloud
    except (RuntimeError, httpx2.HTTPError):
        failed = True
        raise
    finally:
        if not failed:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
