"""Decodes the first frame of a file, upright and in sRGB."""

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

# Errors of decoders for damaged files. ImportError is not among them, because it isn't the file's fault.
UNREADABLE = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError),
    *(SyntaxError, TypeError, ValueError, struct.error, zlib.error),
)
# A JPEG that is reduced while it is decoded keeps this many times the pixels per side, so that the result isn't softer.
SPARE = 2.0


@dataclass(frozen=True)
class Decoded:
    """Pixels in mode L, LA, RGB or RGBA, the metadata to keep, and the bits per sample in the file.

    `warning` says what is missing.
    """

    image: "Image"
    metadata: Metadata
    bits: int = BITS
    warning: str | None = None
    gain_map: GainMap | None = None


def decode(data: bytes, source_format: str, keep: KeepMetadata = KeepMetadata.NONE, *, scale: float = 1) -> Decoded:
    """Decodes a file. `scale` is the fraction of width and height that is needed; the result may be larger.

    Raises InvalidImage where the pixels can't be decoded.
    """
    try:
        with _open(data, source_format) as image:
            if scale * SPARE < 1:
                image.draft(None, (round(image.width * scale * SPARE), round(image.height * scale * SPARE)))
            early = image.info.get("exif")
            image.load()
            _check_decoded(data, source_format, image)
            image.info["exif"] = early  # not the EXIF behind the pixels of a PNG, see `orientation_of`
            metadata = read_metadata(image, keep)  # must be read first, because the normalized image has none
            return Decoded(normalize(image), metadata, _count_bits(data, source_format))
    except UNREADABLE as error:
        raise InvalidImage(f"The {FORMATS[source_format].label} file is damaged and can't be decoded.") from error


def read_kept(data: bytes, source_format: str, keep: KeepMetadata) -> Metadata:
    """Returns the metadata to keep. Raises InvalidImage as `decode` does."""
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
    """Returns whether any pixel isn't fully opaque."""
    return image.mode in ("LA", "RGBA") and any(image.getchannel("A").histogram()[:255])


def _open(data: bytes, source_format: str) -> "Image":
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the limits were checked from the header, before the file was stored
    open_image = FORMATS[source_format].open_image
    if open_image is None:
        raise InvalidImage("A vector image has no pixels to decode.")
    return open_image(data)
