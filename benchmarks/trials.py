"""The results of one encoder on one image at many qualities: bytes, score, CPU seconds. Cached in build/bench-cache."""

import hashlib
import json
import resource
import statistics
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import pillow_jxl  # noqa: F401 - Pillow reads JPEG XL by it
from PIL import Image

from benchmarks.corpus import Sample
from benchmarks.ssimulacra2 import GROUNDS, on_ground, score
from local.environment import ROOT

CACHE = ROOT / "build" / "bench-cache"


@dataclass(frozen=True)
class Encoded:
    quality: int
    data: bytes
    seconds: float


@dataclass(frozen=True)
class Trial:
    quality: int
    size: int
    score: float
    seconds: float


@dataclass(frozen=True)
class Encoder:
    """An encoder. `key` names the library, its version and the options: results are stored under it.

    `run` encodes an image at some qualities. The seconds are the median of some repetitions. A `flat` encoder has no
    transparency: its input, and the picture with which the result is compared, are put on white first.
    """

    key: str
    run: Callable[[Sample, list[int], int], Iterable[Encoded]]
    flat: bool = False


def in_process(key: str, encode: Callable[[Image.Image, int], bytes], *, flat: bool = False) -> Encoder:
    """A Python encoder, timed from decoded pixels."""

    def run(sample: Sample, qualities: list[int], repeats: int) -> Iterator[Encoded]:
        image = _open(sample, flat)
        for quality in qualities:
            runs = [_timed(encode, image, quality) for _ in range(repeats)]
            yield Encoded(quality, runs[0][0], statistics.median(seconds for _, seconds in runs))

    return Encoder(key, run, flat)


def _open(sample: Sample, flat: bool) -> Image.Image:
    image = sample.open()
    return on_ground(image, GROUNDS[0]) if flat and image.has_transparency_data else image


def _timed(encode: Callable[[Image.Image, int], bytes], image: Image.Image, quality: int) -> tuple[bytes, float]:
    began = cpu_seconds()
    data = encode(image, quality)
    return data, cpu_seconds() - began


def cpu_seconds() -> float:
    """User and system time of this process and of the programs that it ran."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def trials(encoder: Encoder, sample: Sample, qualities: Iterable[int]) -> list[Trial]:
    """The trials by quality. Only missing ones are run."""
    book = Book.of(encoder.key)
    missing = [quality for quality in qualities if not book.holds(sample, quality)]
    if missing:
        reference = _open(sample, encoder.flat)
        for encoded in encoder.run(sample, missing, 1):
            book.add(sample, Trial(encoded.quality, len(encoded.data), rate(reference, encoded.data), encoded.seconds))
        book.save()
    return [book.get(sample, quality) for quality in qualities]


def seconds_of(encoder: Encoder, sample: Sample, quality: int, repeats: int) -> float:
    """The CPU seconds at one quality, measured again."""
    return next(iter(encoder.run(sample, [quality], repeats))).seconds


def rate(reference: Image.Image, data: bytes) -> float:
    with Image.open(BytesIO(data)) as decoded:
        decoded.load()
        return round(score(reference, decoded), 3)


class Book:
    """The trials of one encoder, in one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[str, list[float]] = json.loads(path.read_text()) if path.exists() else {}

    @staticmethod
    @cache
    def of(key: str) -> "Book":
        CACHE.mkdir(parents=True, exist_ok=True)
        plain = "".join(letter if letter.isalnum() else "-" for letter in key)
        return Book(CACHE / f"{plain[:80]}-{hashlib.sha256(key.encode()).hexdigest()[:8]}.json")

    def holds(self, sample: Sample, quality: int) -> bool:
        return self._row(sample, quality) in self.rows

    def get(self, sample: Sample, quality: int) -> Trial:
        size, rated, seconds = self.rows[self._row(sample, quality)]
        return Trial(quality, int(size), rated, seconds)

    def add(self, sample: Sample, trial: Trial) -> None:
        self.rows[self._row(sample, trial.quality)] = [trial.size, trial.score, round(trial.seconds, 5)]

    def save(self) -> None:
        self.path.write_text(json.dumps(self.rows, indent=0))

    @staticmethod
    def _row(sample: Sample, quality: int) -> str:
        return f"{sample.kind}/{sample.name} {quality}"
