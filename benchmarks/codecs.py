"""`make bench-codecs` compares bytes and CPU time of the encoders with sharp and Pillow at equal visual quality.

Each image of the corpus's report half is encoded by both encoders with several qualities. Bytes are compared at equal
SSIMULACRA2. CPU times are compared at the qualities nearest to a score of 75, on one thread, from pixels in memory to
bytes. `--quick` uses few images of each kind. Results are cached: only changes are measured again.
"""

import os
import sys

os.environ["VIPS_CONCURRENCY"] = "1"  # before libvips is loaded

from benchmarks.animations import compare_gifs
from benchmarks.corpus import Sample, samples
from benchmarks.drawings import compare_svgs
from benchmarks.encoders import COMPARISONS, QUALITIES, Comparison, ours
from benchmarks.matching import SCORES, Match, byte_ratios, nearest
from benchmarks.plot import draw
from benchmarks.results import Outcome, write
from benchmarks.sources import Kind
from benchmarks.trials import Encoder, seconds_of, trials

QUICK_IMAGES = {"photo": 5, "screenshot": 3, "chart": 2, "art": 3, "icon": 2, "gif": 3, "svg": 99}
QUICK_QUALITIES = (20, 40, 60, 70, 80, 90, 98)
REPEATS, QUICK_REPEATS = 5, 3


def main() -> None:
    quick = "--quick" in sys.argv
    outcomes = [say(compare(each, quick)) for each in COMPARISONS]
    outcomes += map(say, [*compare_gifs(chosen(("gif",), quick)), compare_svgs(chosen(("svg",), quick))])
    write(outcomes, quick)
    if not quick:
        draw(samples("photo", report=True))


def say(outcome: Outcome) -> Outcome:
    print(outcome.line(), flush=True)
    return outcome


def chosen(kinds: tuple[Kind, ...], quick: bool) -> list[Sample]:
    return [each for kind in kinds for each in samples(kind, report=True)[: QUICK_IMAGES[kind] if quick else None]]


def compare(comparison: Comparison, quick: bool) -> Outcome:
    encoder = ours(comparison.format)
    if encoder is None:
        return Outcome(comparison.name, [], comparison.bytes_target, comparison.time_target, note="not written yet")
    peer, matches = comparison.peer(), []
    for sample in chosen(comparison.kinds, quick):
        if comparison.lossless:
            match = match_lossless(encoder, peer, sample, quick)
        else:
            match = match_lossy(encoder, peer, sample, quick, comparison.scores)
        if match:
            matches.append(match)
    return Outcome(comparison.name, matches, comparison.bytes_target, comparison.time_target, comparison.remark)


def match_lossy(
    encoder: Encoder, peer: Encoder, sample: Sample, quick: bool, wanted: tuple[int, ...] = SCORES
) -> Match | None:
    """The comparison of one image. None if no wanted score is reached by both."""
    qualities = QUICK_QUALITIES if quick else QUALITIES
    own, other = (trials(each, sample, qualities) for each in (encoder, peer))
    ratios = byte_ratios(own, other, wanted)
    if not ratios:
        return None
    repeats = QUICK_REPEATS if quick else REPEATS
    times = [seconds_of(each, sample, nearest(done), repeats) for each, done in ((encoder, own), (peer, other))]
    return Match(sample.name, sample.kind, ratios, times[0] / times[1])


def match_lossless(encoder: Encoder, peer: Encoder, sample: Sample, quick: bool) -> Match | None:
    """The comparison at quality 100. None if the service's result has other pixels."""
    (own,), (other,) = (trials(each, sample, (100,)) for each in (encoder, peer))
    if own.score < 100:
        return None
    repeats = QUICK_REPEATS if quick else REPEATS
    times = [seconds_of(each, sample, 100, repeats) for each in (encoder, peer)]
    return Match(sample.name, sample.kind, {100: own.size / other.size}, times[0] / times[1])


if __name__ == "__main__":
    main()
