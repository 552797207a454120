"""`make bench-targets` measures what a search for a score saves compared with a fixed quality, and its encodings.

For the pictures of the corpus's report half, it compares the bytes with `output_quality_target` with the bytes at a
fixed quality: the lowest of the API's scale that reaches the target on 95 % of them. An encoding of a part of a picture
counts as that share of an encoding. Names of formats and targets select them; `--tune` selects the other half,
`--photos` only photos, `--every-second` every second picture by kind and name. Encodings at fixed qualities are kept in
build/bench-cache.
"""

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image

from benchmarks.corpus import Sample, samples
from benchmarks.encoders import ours
from benchmarks.sources import Kind
from benchmarks.trials import Book, Trial, cpu_seconds
from imgopt.codecs.format import Encode, Format, Limits
from imgopt.codecs.formats import FORMATS, encoder_of
from imgopt.codecs.header import read_header
from imgopt.codecs.shared.color import flatten
from imgopt.codecs.shared.encoding import NO_METADATA, Encoding, Metadata
from imgopt.imaging.optimize import optimize
from imgopt.imaging.options import OutputFormat, ProcessingSettings
from imgopt.imaging.scores.stills import compare_seen, read_result
from imgopt.imaging.steps.target import MOST_ENCODES

WANTED = (60, 70, 80, 90)
WRITTEN = {"jpg": "jpeg", "webp": "webp", "avif": "avif", "jxl": "jxl", "png": "png"}
KINDS: tuple[Kind, ...] = ("photo", "screenshot", "chart", "art")
REACHED_BY = 0.95
COLUMNS = (
    "format, target",
    "bytes by the fixed quality's, median of pictures",
    "of all bytes",
    "fixed quality",
    "encodings: median, and how many pictures take 1, 2, 3, 4",
    "with samples",
    "score less target: least, median, most",
)
LIMITS = Limits(10**9, 1, 10**9)


@dataclass(frozen=True)
class Searched:
    """The result of a search. `encodes` counts encodings of the whole picture; `work` adds the encodings of parts."""

    size: int
    score: float
    encodes: int
    work: float
    seconds: float


class Counter:
    """Counts the pixels that the encoders of a format get, while it replaces them."""

    def __init__(self, target: Format) -> None:
        self._kept = {"encode": target.encode, "choose_encoders": target.choose_encoders}
        self._target, self.pixels = target, list[int]()

    def __enter__(self) -> "Counter":
        choose = self._target.choose_encoders
        self._replace(encode=self._count(encoder_of(self._target)))
        if choose:
            self._replace(choose_encoders=lambda image: tuple(map(self._count, choose(image))))
        return self

    def __exit__(self, *_: object) -> None:
        self._replace(**self._kept)

    def _count(self, encode: Encode) -> Encode:
        def counted(image: Image.Image, quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
            self.pixels.append(image.width * image.height)
            return encode(image, quality, metadata)

        return counted

    def _replace(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self._target, name, value)


def main() -> None:
    kinds = KINDS[:1] if "--photos" in sys.argv else KINDS
    pictures = samples(*kinds, report="--tune" not in sys.argv)
    pictures = pictures[:: 2 if "--every-second" in sys.argv else 1]
    print(f"{len(pictures)} pictures\n| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    for name in [each for each in WRITTEN if each in sys.argv] or WRITTEN:
        for target in [each for each in WANTED if str(each) in sys.argv] or WANTED:
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
        f"{statistics.median(encodes):g}: {', '.join(str(encodes.count(each)) for each in range(1, MOST_ENCODES + 1))}",
        f"{statistics.median(work):.1f}, {max(work):.1f}",
        f"{above[0]:+.1f}, {statistics.median(above):+.1f}, {above[-1]:+.1f}",
    )
    return f"| {' | '.join(cells)} |"


def search_one(sample: Sample, target: Format, wanted: int) -> Searched:
    out = BytesIO()
    flatten(sample.open()).convert("RGB").save(out, "PNG", compress_level=1)
    header, before = read_header(BytesIO(out.getvalue()), LIMITS), cpu_seconds()
    with Counter(target) as counter:
        options = ProcessingSettings(output_format=OutputFormat(target.name), output_quality_target=wanted)
        made = optimize(out.getvalue(), header, options)
    seconds = cpu_seconds() - before
    whole = header.width * header.height
    encodes = sum(pixels == whole for pixels in counter.pixels)
    score = made.artifact.score or 0.0
    return Searched(len(made.data), score, encodes, sum(counter.pixels) / whole, seconds)


def fixed_quality(pictures: Sequence[Sample], target: Format, wanted: int) -> int:
    """The lowest quality that reaches the score on 95 % of the images."""
    low, high = 1, 100
    while low < high:
        middle = (low + high) // 2
        reached = sum(encode_one(each, target, middle).score >= wanted for each in pictures)
        low, high = (low, middle) if reached >= REACHED_BY * len(pictures) else (middle + 1, high)
    return low


def encode_one(sample: Sample, target: Format, quality: int) -> Trial:
    book = _book(target.name)
    if not book.holds(sample, quality):
        picture = flatten(sample.open()).convert("RGB")
        before = cpu_seconds()
        made = encoder_of(target)(picture, quality, NO_METADATA)
        seconds = cpu_seconds() - before
        score = compare_seen(picture, read_result(made.data, target.name, picture.size))
        book.add(sample, Trial(quality, len(made.data), score, seconds))
        book.save()
    return book.get(sample, quality)


@cache
def _book(name: str) -> Book:
    """The file of trials. Its name contains everything on which the results depend."""
    encoder = ours(WRITTEN[name])
    return Book.of(f"targets {encoder.key if encoder else name}")


if __name__ == "__main__":
    main()
