"""`make demo`: optimizes images through the whole service on a throw-away local cloud, and shows what became of them.

One of them is made twice as large as well.
"""

import glob
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx2

from imgopt_client.connection import connect
from imgopt_client.errors import ClientError
from imgopt_client.optimizer import optimize_files
from imgopt_client.options import Options
from imgopt_client.outcome import FileOutcome
from imgopt_client.progress import ProgressListener
from imgopt_client.sources import Source
from imgopt_client.table import table_lines
from local.cloud import Cloud, running
from local.console import describe_os_error, exit_with, say
from local.data_folder import LOCK_NAME, remove_thrown_away
from local.demo_limits import raise_limits
from local.private_files import LOCAL, ROOT, make_folder
from local.processes import Stopped, end_on_signals, free_port, only_one

RESULTS = ROOT / "demo-results"
LARGER = RESULTS / "2x"
SAMPLES = ROOT / "samples"
# One after the other, so that each image's time is its own.
DEMO_OPTIONS = Options(out=RESULTS, overwrite=True, resume=False, jobs=1, longest_pause=0.15)
WITH_WORDS, TWICE_AS_LARGE = {"output_seo_tag_gen": True}, {"output_upscale_factor": 2}


class Progress(ProgressListener):
    def on_phase(self, source: Source, phase: str) -> None:
        if phase == "uploading":
            say(f"optimizing {source.name}")


def main(arguments: Sequence[str]) -> int:
    end_on_signals()
    images = [Path(argument) for argument in arguments] or named_images(os.environ.get("IMAGE", ""))
    missing = [str(image) for image in images if not image.is_file()]
    if missing or not images:
        return exit_with(f"no such file: {', '.join(missing)}" if missing else "name at least one image")
    try:
        return demonstrate(images)
    except Stopped:
        return exit_with("stopped")
    except (RuntimeError, ClientError, httpx2.HTTPError) as error:
        return exit_with(str(error))
    except OSError as error:
        return exit_with(describe_os_error(error))


def named_images(value: str) -> list[Path]:
    """The files that make's IMAGE names: one path, spaces and all, or several, with patterns; else the samples."""
    if Path(value).expanduser().is_file():
        return [Path(value).expanduser()]
    if not value.strip():
        return sorted(path for path in SAMPLES.iterdir() if path.suffix in (".jpg", ".png", ".gif"))
    words = [str(Path(word).expanduser()) for word in shlex.split(value)]
    return [Path(path) for word in words for path in sorted(glob.glob(word)) or [word]]  # noqa: PTH207 - absolute too


def demonstrate(images: Sequence[Path]) -> int:
    """0 where every image was optimized. Files that are refused are named with the reason."""
    with throw_away_cloud() as cloud, connect(cloud.url) as connection:
        outcomes = optimize_files(connection, images, WITH_WORDS, DEMO_OPTIONS, Progress())
        say("making one of them twice as large")
        larger = optimize_files(connection, smallest(outcomes), TWICE_AS_LARGE, replace(DEMO_OPTIONS, out=LARGER))
    print("", *table_lines(outcomes), "", *tag_lines(outcomes), "", *table_lines(larger), sep="\n")
    print(f"\nThe results are in {RESULTS}")
    refusals = [f"{each.source.name}: {each.error}" for each in (*outcomes, *larger) if each.error]
    for refusal in refusals:
        say(refusal)
    return 1 if refusals else 0


def smallest(outcomes: Sequence[FileOutcome]) -> list[Path]:
    """Of the still images, the one with the fewest pixels."""
    stills = [each for each in outcomes if each.result and each.source.path and each.facts["frames"] == 1]
    stills.sort(key=lambda each: each.facts["width"] * each.facts["height"])
    return [each.source.path for each in stills[:1] if each.source.path]


def tag_lines(outcomes: Sequence[FileOutcome]) -> list[str]:
    told = [(each.source.name, each.facts.get("alt_text") or "no tags") for each in outcomes if each.result]
    return [f"{name}: {alt_text}" for name, alt_text in told]


@contextmanager
def throw_away_cloud() -> Iterator[Cloud]:
    """A cloud whose data and logs go with it; where a part of it fails, they stay to be looked at."""
    make_folder(LOCAL)
    remove_thrown_away(LOCAL)
    raise_limits()
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=LOCAL))
    failed = False
    try:
        with only_one(folder / LOCK_NAME, "in use"), running(folder, port=free_port(), keep=False, say=say) as cloud:
            yield cloud
    except (RuntimeError, httpx2.HTTPError):
        failed = True
        raise
    finally:
        if not failed:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
