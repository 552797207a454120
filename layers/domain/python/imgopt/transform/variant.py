"""Variants, the images that answer image URLs; the settings of their files, and their limits."""

from dataclasses import dataclass

from imgopt.codecs.format import Format, ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.transform.options import TransformOptions
from imgopt.units import MEBIBYTE

NO_LIMIT_SET = 0


@dataclass(frozen=True)
class Output:
    """A file's format, by this service's name, and its quality, 1 to 100; without one, the target SSIMULACRA2 score, 30
    to 100. Without both, the options or the default decide.
    """

    format: str
    quality: int | None = None
    target: float | None = None


@dataclass(frozen=True)
class TransformLimits:
    """Limits of a transformation, in pixels of all decoded frames, frames, pixels of one frame, and bytes. They are
    checked before anything is decoded.

    A result is reduced to `result_side`. One with more than `result_pixels`, in all frames, is refused. 0 means no
    limit for `frame_pixels`, `file_bytes` and `result_side`. `seconds` are wall-clock time with waiting; `memory_bytes`
    is a process's memory.
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
    """A finished file. `source_width` and `source_height` are the source's, after orientation.

    `quality` is on this service's scale, None for lossless; `score` is None where no target was given.
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
    """The arguments of a transformation."""

    data: bytes
    source: ImageHeader
    options: TransformOptions
    output: Output
    limits: TransformLimits
    watermark: bytes | None = None

    @property
    def target(self) -> Format:
        return FORMATS[self.output.format]
