"""Measures an image in one format, or in the format that `auto` chooses: bytes, CPU time and number of encodings."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO

from benchmarks.corpus import Sample
from benchmarks.targets import LIMITS
from benchmarks.targets import Counter as EncodeCounter
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.header import read_header
from imgopt.imaging.best_format import NEAR_TARGET
from imgopt.imaging.optimize import optimize
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.steps.decode import shows_through
from imgopt.sandbox.budget import cpu_seconds

# With a target, WebP of a drawing is lossless if that is smaller.
WITHOUT_LOSS = "webp without loss"
SINGLE = ("jpg", "png", "webp", WITHOUT_LOSS, "avif", "jxl")
# The formats that a client accepts, by name.
OPEN: dict[str, tuple[str, ...] | None] = {"without JPEG XL": None, "with JPEG XL": ("image/*", "image/jxl")}


@dataclass(frozen=True)
class Trial:
    """A trial.

    `work` counts encodings of the whole image and parts of it; `slowest` is the time of the slowest format.
    """

    format: str
    size: int
    seconds: float
    work: float
    slowest: float


def try_single(sample: Sample, name: str, target: int) -> Trial | None:
    """The trial of a single format. None if the format does not support the image, or misses the target."""
    known = {"output_quality": 100} if name == WITHOUT_LOSS else {"output_quality_target": target}
    output_format = "webp" if name == WITHOUT_LOSS else name
    if not FORMATS[output_format].keeps_alpha and shows_through(sample.open()):
        return None
    trial, score = _try(sample, {"output_format": output_format, **known})
    return trial if score is None or score >= target - NEAR_TARGET else None


def try_auto(sample: Sample, media_types: tuple[str, ...] | None, target: int) -> Trial:
    options = {"output_format": "auto", "output_quality_target": target, "accept": media_types}
    return _try(sample, options)[0]


def _try(sample: Sample, options: dict[str, object]) -> tuple[Trial, float | None]:
    data = sample.path.read_bytes()
    header, settings = read_header(BytesIO(data), LIMITS), ProcessingSettings.model_validate(options)
    with _counted() as counters:
        before = cpu_seconds()
        made = optimize(data, header, settings)
        seconds = cpu_seconds() - before
    work = sum(sum(each.pixels) for each in counters) / (header.width * header.height)
    slowest = max((each.milliseconds / 1000 for each in made.artifact.candidates), default=seconds)
    return Trial(made.artifact.format, len(made.data), seconds, work, max(slowest, 0.001)), made.artifact.score


@contextmanager
def _counted() -> Iterator[list[EncodeCounter]]:
    """All encoders count the pixels that they get."""
    with ExitStack() as stack:
        yield [stack.enter_context(EncodeCounter(each)) for each in FORMATS.values() if each.encode]
