"""`make bench-scores` compares the scores of jobs with those of whole images, and measures their cost.

The pictures of the corpus's report half are written in each format at some qualities. The score of a job, which may be
the score of samples, is compared with the score of the whole result. `benchmarks.score_costs` measures the cost.
"""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.corpus import Sample, samples
from benchmarks.score_costs import print_costs
from imgopt.codecs.format import Format
from imgopt.codecs.formats import FORMATS, encoder_of
from imgopt.codecs.shared.color import flatten
from imgopt.codecs.shared.encoding import NO_METADATA
from imgopt.imaging.scores.effort import effort_for
from imgopt.imaging.scores.stills import compare_seen, count_grounds, read_result, score_still

QUALITIES = (50, 80, 92)
TARGETS = ("jpg", "webp", "avif", "jxl", "png")


@dataclass(frozen=True)
class Deviation:
    """The difference of a job's score and that of the whole image."""

    points: float
    picture: str


def main() -> None:
    print_costs()  # first, because a forked child does not have the threads of libraries
    _print_deviations()


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


if __name__ == "__main__":
    main()
