"""`make bench-targets`: what a search for a score saves against one quality for all, and how many encodings it takes.

Over the pictures of the corpus's report half: the bytes that `output_quality_target` comes to, by those of the lowest
quality of the API's scale that has the target on 95 % of them. An encoding of a sample counts as its part of the
picture's pixels. `--tune` takes the other half, `--photos` photos alone.
"""

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from benchmarks.corpus import Sample, samples
from benchmarks.sources import Kind
from benchmarks.trials import cpu_seconds
from imgopt.codecs.format import Format, Limits
from imgopt.codecs.formats import FORMATS, encoder_of
from imgopt.codecs.header import read_header
from imgopt.codecs.shared.color import flatten
from imgopt.codecs.shared.encoding import NO_METADATA, Encoding, Metadata
from imgopt.imaging.optimize import optimize
from imgopt.imaging.options import OutputFormat, ProcessingSettings
from imgopt.imaging.scores.stills import compare_seen, read_result

WANTED = (60, 70, 80, 90)
WRITTEN = ("jpg", "webp", "avif")
KINDS: tuple[Kind, ...] = ("photo", "screenshot", "chart", "art")
REACHED_BY = 0.95
COLUMNS = (
    "format, target",
    "bytes by the fixed quality's, median of pictures",
    "of all bytes",
    "fixed quality",
    "encodings: median, most",
    "with samples",
    "score less target: least, median, most",
)
LIMITS = Limits(10**9, 1, 10**9)


@dataclass(frozen=True)
class Searched:
    """`encodes` of the whole, and `work` with those of samples, in wholes."""

    size: int
    score: float
    encodes: int
    work: float
    seconds: float


@dataclass(frozen=True)
class Fixed:
    size: int
    score: float


class Counter:
    """An encoder that counts the pixels it is given."""

    def __init__(self, target: Format) -> None:
        self._encode = encoder_of(target)
        self.pixels: list[int] = []

    def __call__(self, image: Image.Image, quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
        self.pixels.append(image.width * image.height)
        return self._encode(image, quality, metadata)


def main() -> None:
    kinds = KINDS[:1] if "--photos" in sys.argv else KINDS
    pictures = samples(*kinds, report="--tune" not in sys.argv)
    print(f"{len(pictures)} pictures\n| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    for name in WRITTEN:
        for target in WANTED:
            print(_row(pictures, FORMATS[name], target), flush=True)


def _row(pictures: Sequence[Sample], target: Format, wanted: int) -> str:
    found = [search_one(each, target, wanted) for each in pictures]
    quality = fixed_quality(pictures, target, wanted)
    fixed = [encode_one(each, target, quality) for each in pictures]
    ratios = [ours.size / other.size for ours, other in zip(found, fixed, strict=True)]
    total = sum(each.size for each in found) / sum(each.size for each in fixed)
    above = sorted(each.score - wanted for each in found)
    encodes, work = [each.encodes for each in found], [each.work for each in found]
    cells = (
        f"{target.name}, {wanted}",
        f"{statistics.median(ratios):.2f}",
        f"{total:.2f}",
        str(quality),
        f"{statistics.median(encodes):.1f}, {max(encodes)}",
        f"{statistics.median(work):.1f}, {max(work):.1f}",
        f"{above[0]:+.1f}, {statistics.median(above):+.1f}, {above[-1]:+.1f}",
    )
    return f"| {' | '.join(cells)} |"


def search_one(sample: Sample, target: Format, wanted: int) -> Searched:
    out = BytesIO()
    flatten(sample.open()).convert("RGB").save(out, "PNG", compress_level=1)
    header, counter = read_header(BytesIO(out.getvalue()), LIMITS), Counter(target)
    object.__setattr__(target, "encode", counter)
    try:
        before = cpu_seconds()
        options = ProcessingSettings(output_format=OutputFormat(target.name), output_quality_target=wanted)
        made = optimize(out.getvalue(), header, options)
        seconds = cpu_seconds() - before
    finally:
        object.__setattr__(target, "encode", counter._encode)
    whole = header.width * header.height
    encodes = sum(pixels == whole for pixels in counter.pixels)
    score = made.artifact.score or 0.0
    return Searched(len(made.data), score, encodes, sum(counter.pixels) / whole, seconds)


def fixed_quality(pictures: Sequence[Sample], target: Format, wanted: int) -> int:
    """The lowest that reaches the score on 95 % of the pictures."""
    low, high = 1, 100
    while low < high:
        middle = (low + high) // 2
        reached = sum(encode_one(each, target, middle).score >= wanted for each in pictures)
        low, high = (low, middle) if reached >= REACHED_BY * len(pictures) else (middle + 1, high)
    return low


_known: dict[tuple[str, str, int], Fixed] = {}


def encode_one(sample: Sample, target: Format, quality: int) -> Fixed:
    key = (sample.name, target.name, quality)
    if key not in _known:
        picture = flatten(sample.open()).convert("RGB")
        made = encoder_of(target)(picture, quality, NO_METADATA)
        score = compare_seen(flatten(picture), read_result(made.data, target.name, picture.size))
        _known[key] = Fixed(len(made.data), score)
    return _known[key]


if __name__ == "__main__":
    main()
