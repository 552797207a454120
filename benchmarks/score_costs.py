"""Measures the cost of a score as a share of the CPU time of the job, for `make bench-scores`.

A job is what the service does for one upload of a photo. It forks a process and confines it. The process reads the
upload, encodes, scores and classifies the picture, and answers. Calls of other services, such as those for files and
records, are not counted, so a complete job takes more. Jobs with and without a score alternate. The share is the median
of the pairs.
"""

import json
import math
import os
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from io import BytesIO
from tempfile import TemporaryFile
from unittest.mock import patch

from PIL import Image

from benchmarks.corpus import samples
from benchmarks.trials import cpu_seconds
from imgopt.codecs.format import ImageHeader, Limits
from imgopt.codecs.header import read_header
from imgopt.imaging import sandboxed, still_scoring
from imgopt.imaging.options import OutputFormat, ProcessingSettings
from imgopt.imaging.scores.model import Score
from imgopt.sandbox import fork_server
from imgopt.sandbox.budget import Budget

TARGETS = ("jpg", "webp", "png", "avif", "jxl")
# Pixels of the upload, and the number of rounds: long jobs vary little.
SIZES = {(640, 480): 25, (1152, 864): 15, (2000, 1500): 7, (4000, 3000): 3}
# Pixels of the part of each photo.
PART = (500, 300)
LIMITS, BUDGET, MILLION = Limits(10**9, 1, 10**9), Budget(600.0, 8_000_000_000), 1e6


@dataclass(frozen=True)
class JobCost:
    """The CPU seconds of a job without and with a score, and the difference as a share of the first."""

    without: float
    scored: float
    share: float


def print_costs(targets: tuple[str, ...] = TARGETS) -> None:
    fork_server.preload()
    print("| job | CPU ms without a score | with | more |\n|---|---|---|---|")
    for (width, height), turns in SIZES.items():
        upload = _upload(width, height)
        for name in targets:
            cost = measure(upload, ProcessingSettings(output_format=OutputFormat(name)), turns)
            row = (
                f"JPEG of {width * height / MILLION:.1f} megapixels to {name}",
                f"{cost.without * 1e3:.0f}",
                f"{cost.scored * 1e3:.0f}",
            )
            print(f"| {' | '.join(row)} | {cost.share:+.1%} |", flush=True)


def measure(upload: bytes, options: ProcessingSettings, turns: int) -> JobCost:
    header = read_header(BytesIO(upload), LIMITS)
    runs = [[_seconds(upload, header, options, scored=scored) for scored in (False, True)] for _ in range(turns)]
    without, scored = (statistics.median(each) for each in zip(*runs, strict=True))
    return JobCost(without, scored, statistics.median(second / first - 1 for first, second in runs))


def _upload(width: int, height: int) -> bytes:
    """Parts of photos side by side at their own resolution: an enlarged photo would be too smooth."""
    photos = [each.open().convert("RGB") for each in samples("photo", report=True)]
    parts = [part for photo in photos for part in _corners(photo)]
    sheet, across = Image.new("RGB", (width, height)), math.ceil(width / PART[0])
    for number in range(across * math.ceil(height / PART[1])):
        row, column = divmod(number, across)
        sheet.paste(parts[number % len(parts)], (column * PART[0], row * PART[1]))
    out = BytesIO()
    sheet.save(out, "JPEG", quality=92)
    return out.getvalue()


def _corners(photo: Image.Image) -> list[Image.Image]:
    """Two parts of a photo; none if it is too small."""
    left, top = photo.width - PART[0], photo.height - PART[1]
    places = [(0, 0), (left, top)] if min(left, top) >= 0 else []
    return [photo.crop((x, y, x + PART[0], y + PART[1])) for x, y in places]


def _seconds(upload: bytes, header: ImageHeader, options: ProcessingSettings, *, scored: bool) -> float:
    """The CPU seconds of one job, including the fork."""
    before = cpu_seconds()
    with TemporaryFile() as request, _scores(scored):
        request.write(json.dumps(_asked(header, options)).encode() + b"\n" + upload)
        request.seek(0)
        source, sink = os.pipe()
        child = os.fork()
        if not child:
            fork_server._become_child(request.fileno(), sink)
        os.close(sink)
        with open(source, "rb") as answers:  # noqa: PTH123 - a descriptor, no path
            said, _, result = answers.read().partition(b"\n")
        _, status = os.waitpid(child, 0)
    if status or json.loads(said).keys() - {"without"}:
        sys.exit(f"The job failed: {said!r}")
    sandboxed._read(result, [sandboxed.possible_formats(header, options)])
    return cpu_seconds() - before


def _asked(header: ImageHeader, options: ProcessingSettings) -> dict[str, object]:
    parameters = {
        "source": asdict(header),
        "options": options.model_dump(mode="json"),
        "upscaled": None,
        "least_saving": 0.0,
        "signs": False,
    }
    target = f"{sandboxed.__name__}:make_artifacts"
    return {"target": target, "parameters": parameters, "budget": asdict(BUDGET), "programs": False}


@contextmanager
def _scores(scored: bool) -> Iterator[None]:
    """Without a score the child doesn't even count what it would take."""
    with nullcontext() if scored else patch.object(still_scoring, "score_picture", lambda *_: Score()):
        yield
