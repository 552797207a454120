"""Bytes to pixels: the first frame, upright and in sRGB."""

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.color import normalize
from imgopt.codecs.shared.encoding import BITS, NO_METADATA, Metadata
from imgopt.codecs.shared.gain_map import GainMap
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.codecs.shared.metadata import read_metadata
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

# What readers of damaged files end with. A module that can't be loaded is no fault of the file's.
UNREADABLE = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError),
    *(SyntaxError, TypeError, ValueError, struct.error, zlib.error),
)
# A JPEG shrunk while it is decoded stays this much larger than what is made of it, so that nothing looks softer.
SPARE = 2.0


@dataclass(frozen=True)
class Decoded:
    """Pixels in one of the modes L, LA, RGB, RGBA, the metadata to keep, and how many bits a sample had in the file.

    `warning` says what isn't in them.
    """

    image: "Image"
    metadata: Metadata
    bits: int = BITS
    warning: str | None = None
    gain_map: GainMap | None = None


def decode(data: bytes, source_format: str, keep: KeepMetadata = KeepMetadata.NONE, *, scale: float = 1) -> Decoded:
    """`scale` is how much of width and height is needed at most; a larger image may come back.

    Raises InvalidImage where the pixels can't be read, whatever the header said.
    """
    try:
        with _open(data, source_format) as image:
            if scale * SPARE < 1:
                image.draft(None, (round(image.width * scale * SPARE), round(image.height * scale * SPARE)))
            early = image.info.get("exif")
            image.load()
            _check_decoded(data, source_format, image)
            image.info["exif"] = early  # not the one behind the pixels of a PNG, see `orientation_of`
            metadata = read_metadata(image, keep)  # first, as what is normalized has none
            return Decoded(normalize(image), metadata, _count_bits(data, source_format))
    except UNREADABLE as error:
        raise InvalidImage(f"The {FORMATS[source_format].label} file is damaged and can't be decoded.") from error


def read_kept(data: bytes, source_format: str, keep: KeepMetadata) -> Metadata:
    """What is to be kept of a file's metadata. Raises InvalidImage as `decode` does."""
    if keep is KeepMetadata.NONE:
        return NO_METADATA
    try:
        with _open(data, source_format) as image:
            return read_metadata(image, keep)
    except UNREADABLE as error:
        raise InvalidImage(f"The {FORMATS[source_format].label} file is damaged and can't be decoded.") from error


def _check_decoded(data: bytes, source_format: str, image: "Image") -> None:
    check = FORMATS[source_format].check_decoded
    if check:
        check(data, image)


def _count_bits(data: bytes, source_format: str) -> int:
    count = FORMATS[source_format].count_bits
    return count(data) if count else BITS


def shows_through(image: "Image") -> bool:
    """Whether any pixel is not wholly opaque."""
    return image.mode in ("LA", "RGBA") and any(image.getchannel("A").histogram()[:255])


def _open(data: bytes, source_format: str) -> "Image":
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # limits were checked from the header, before anything was stored
    open_image = FORMATS[source_format].open_image
    if open_image is None:
        raise InvalidImage("A drawing has no pixels to decode.")
    return open_image(data)
