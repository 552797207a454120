"""Whether a JPEG's scans hold all of its pixels: what is missing is grey, and decoders say so in a warning at most."""

from typing import TYPE_CHECKING

from imgopt.codecs.shared import vips
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

# Coefficients that are not there are 0, the middle of all samples; CMYK is stored the other way round.
MIDDLE = frozenset({127, 128})
SHRUNK = 8
# Of libjpeg's warnings, the one that is about pixels.
ENDS_EARLY = "premature end"


def check_scans(data: bytes, image: "Image") -> None:
    """For a picture that is decoded. Raises InvalidImage where the scans end before it does.

    Only one that ends in grey is looked at again: by libvips, to which the warning is an error.
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
        raise InvalidImage("The JPEG file is damaged: it holds fewer pixels than its header says.") from error
