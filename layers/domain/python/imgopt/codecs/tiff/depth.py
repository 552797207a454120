"""The bits per sample of a TIFF file (TIFF revision 6.0, BitsPerSample)."""

from io import BytesIO

from imgopt.codecs.format import NO_LIMIT, Limits
from imgopt.codecs.shared.encoding import BITS
from imgopt.codecs.tiff.page import Page
from imgopt.codecs.tiff.picture import find_picture

NO_LIMITS = Limits(NO_LIMIT, NO_LIMIT, NO_LIMIT)


def count_tiff_bits(data: bytes) -> int:
    """Returns the bits of the picture's deepest sample; 8 for the JPEG preview of a camera raw file."""
    picture, _ = find_picture(BytesIO(data), NO_LIMITS)
    return picture.depth if isinstance(picture, Page) else BITS
