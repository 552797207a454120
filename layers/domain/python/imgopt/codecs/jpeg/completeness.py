"""Checks whether a JPEG's scans contain all pixels: missing ones are grey, and decoders only warn."""

from typing import TYPE_CHECKING

from imgopt.codecs.shared import vips
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

# Missing coefficients are 0, the middle of the sample range; CMYK is stored inverted.
MIDDLE = frozenset({127, 128})
SHRUNK = 8
# The only one of libjpeg's warnings that is about pixels.
ENDS_EARLY = "premature end"


def check_scans(data: bytes, image: "Image") -> None:
    """Checks a decoded picture. Raises InvalidImage where the scans end before it does.

    Only a picture that ends in grey is decoded again: by libvips, which raises libjpeg's warning as an error.
    """
    width, height = image.size
    bounds = image.crop((0, height - 1, width, height)).getextrema()
    ends = bounds if isinstance(bounds[0], tuple) else (bounds,)
    if not all(low in MIDDLE and high in MIDDLE for low, high in ends):
        return
    library = vips.library()
    try:
        library.Image.jpegload_buffer(data, fail_on="warning", access="sequential", shrink=SHRUNK).avg()
    except library.Error as error:
        if ENDS_EARLY not in str(error).lower():
            return
        raise InvalidImage("The JPEG file is damaged: it contains fewer pixels than its header says.") from error
