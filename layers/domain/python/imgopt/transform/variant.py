"""A variant, the image that an image URL answers, what is asked of its file, and what it may take."""

from dataclasses import dataclass

from imgopt.codecs.format import Format, ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.transform.options import TransformOptions
from imgopt.units import MEBIBYTE

NO_LIMIT_SET = 0


@dataclass(frozen=True)
class Output:
    """The file's format, by our names, and its quality, 1-100 on our scale; where that isn't known, the score of
    SSIMULACRA2 that is searched for, 30-100. Without both, what the options ask for, or the usual one."""

    format: str
    quality: int | None = None
    target: float | None = None


@dataclass(frozen=True)
class TransformLimits:
    """Checked before anything is decoded: pixels of all frames that are read, frames, pixels of one frame, bytes.

    `result_side` is what a result is made smaller to; one with more pixels than `result_pixels`, in all of its frames,
    is refused. 0 is no limit, but there. `seconds` are on the clock, with waiting for a
    place; memory is what a process may hold.
    """

    pixels: int = 50_000_000
    frames: int = 1
    frame_pixels: int = NO_LIMIT_SET
    file_bytes: int = NO_LIMIT_SET
    result_side: int = NO_LIMIT_SET
    result_pixels: int = 100_000_000
    seconds: float = 10.0
    memory_bytes: int = 1500 * MEBIBYTE


@dataclass(frozen=True)
class Variant:
    """A finished file. `source_width` and `source_height` are those of the source as it is seen, turned.

    `quality` is the one on our scale that it has, None without loss; `score` is None where none was asked for.
    """

    data: bytes
    format: str
    width: int
    height: int
    source_width: int
    source_height: int
    quality: int | None = None
    score: float | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class VariantOrder:
    """What is made of what."""

    data: bytes
    source: ImageHeader
    options: TransformOptions
    output: Output
    limits: TransformLimits
    watermark: bytes | None = None

    @property
    def target(self) -> Format:
        return FORMATS[self.output.format]
