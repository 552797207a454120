"""What a job's pixels have become."""

from dataclasses import dataclass

from imgopt.imaging.geometry import Size
from imgopt.imaging.steps.compress import Compressed

NOT_ENCODED = "none"
STOPPED = "The search for the size limit was stopped early: it takes more computing time than the credits pay for."


@dataclass(frozen=True)
class Product:
    """A finished file. `quality` is the number of the API's scale that it has, None where nothing was lost.

    `size_limit_met` is None where there was no limit. `warning` says what was left out, and why.
    """

    data: bytes
    format: str
    width: int
    height: int
    encoder: str
    quality: int | None
    frames: int = 1
    original_returned: bool = False
    size_limit_met: bool | None = None
    warning: str | None = None


def product_of(compressed: Compressed, target: str, size: Size, *, frames: int = 1) -> Product:
    encoding = compressed.encoding
    quality = None if encoding.lossless else compressed.quality
    warning = STOPPED if compressed.stopped else None
    return Product(encoding.data, target, size.width, size.height, encoding.encoder, quality, frames, warning=warning)
