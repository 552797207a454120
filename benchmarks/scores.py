"""`make bench-scores`: how far the scores that jobs tell are from those of whole pictures, and what they cost.

Pictures of the corpus's report half are written in each format at some qualities. A job's score, which may be that of a
sample, is compared with the score of the whole result. The cost is CPU time beside that of the whole job, in processes
that are forked for it as the service forks them: with the score and without, in turns.
"""

import os
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO

from PIL import Image

from benchmarks.corpus import Sample, samples
from imgopt.codecs.format import Format, Limits
from imgopt.codecs.formats import FORMATS, encoder_of
from imgopt.codecs.header import read_header
from imgopt.codecs.shared.color import flatten
from imgopt.codecs.shared.encoding import NO_METADATA
from imgopt.imaging import still
from imgopt.imaging.optimize import optimize
from imgopt.imaging.options import OutputFormat, ProcessingSettings
from imgopt.imaging.scores.effort import effort_for
from imgopt.imaging.scores.model import Score
from imgopt.imaging.scores.stills import compare_seen, count_grounds, read_result, score_still
from imgopt.sandbox.fork_server import PRELOADED

QUALITIES = (50, 80, 92)
TARGETS = ("jpg", "webp", "avif", "png")
SIZES = ((800, 600), (1200, 900), (1600, 1200))
REPEATS = 7
LIMITS = Limits(10**9, 1, 10**9)


@dataclass(frozen=True)
class Deviation:
    """A job's score less that of the whole picture."""

    points: float
    picture: str


def main() -> None:
    for module in PRELOADED:
        import_module(module)
    _print_costs()  # first: threads of libraries, once begun, are not there in a child
    _print_deviations()


def _print_costs() -> None:
    print("| job | CPU ms without a score | with | more |\n|---|---|---|---|")
    for name in TARGETS:
        for width, height in SIZES:
            without, scored = _cost(_photo((width, height)), ProcessingSettings(output_format=OutputFormat(name)))
            row = f"JPEG to {name}, {width} x {height}", f"{without * 1e3:.0f}", f"{scored * 1e3:.0f}"
            print(f"| {' | '.join(row)} | {scored / without - 1:.0%} |", flush=True)


def _print_deviations() -> None:
    print("\n| format | scores | mean deviation | 95 % within | worst | of |\n|---|---|---|---|---|---|")
    for name in TARGETS:
        found = [each for sample in _pictures() for each in _deviations(sample, FORMATS[name])]
        points = sorted(abs(each.points) for each in found)
        worst = max(found, key=lambda each: abs(each.points))
        mean, most = statistics.mean(points), points[int(len(points) * 0.95)]
        row = name, len(found), f"{mean:.2f}", f"{most:.1f}", f"{worst.points:+.1f}", worst.picture
        print(f"| {' | '.join(map(str, row))} |", flush=True)


def _pictures() -> list[Sample]:
    return samples("photo", "screenshot", "chart", "art", report=True)


def _deviations(sample: Sample, target: Format) -> Iterator[Deviation]:
    picture = sample.open()
    pixels = picture.width * picture.height
    effort = effort_for(pixels, pixels, target, count_grounds(picture, target))
    for quality in QUALITIES:
        made = encoder_of(target)(picture, quality, NO_METADATA)
        told = score_still(picture, made, quality, target, effort).value
        seen = picture if target.keeps_alpha else flatten(picture)
        whole = compare_seen(seen, read_result(made.data, target.name, picture.size))
        if told is not None and not made.lossless:
            yield Deviation(told - max(whole, 0.0), f"{sample.name} at {quality}")


def _photo(size: tuple[int, int]) -> bytes:
    first = next(each for each in samples("photo", report=True) if each.open().mode == "RGB")
    out = BytesIO()
    first.open().resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", quality=92)
    return out.getvalue()


def _cost(data: bytes, options: ProcessingSettings) -> tuple[float, float]:
    """Medians of CPU seconds without a score and with one."""
    runs = [[_seconds(data, options, scored=scored) for scored in (False, True)] for _ in range(REPEATS)]
    without, scored = (statistics.median(each) for each in zip(*runs, strict=True))
    return without, scored


def _seconds(data: bytes, options: ProcessingSettings, *, scored: bool) -> float:
    """Of a child: what it takes to load libraries for the first time counts, as in a job."""
    child = os.fork()
    if not child:
        if not scored:
            still._score = lambda *_: Score()
        optimize(data, read_header(BytesIO(data), LIMITS), options)
        os._exit(0)
    _, _, usage = os.wait4(child, 0)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
