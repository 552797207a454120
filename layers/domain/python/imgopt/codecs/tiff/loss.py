"""The coding loss of a TIFF file."""

from io import BytesIO

from imgopt.codecs.capabilities import Loss
from imgopt.codecs.jpeg.loss import read_jpeg_loss
from imgopt.codecs.tiff import tags
from imgopt.codecs.tiff.depth import NO_LIMITS
from imgopt.codecs.tiff.page import Page
from imgopt.codecs.tiff.picture import find_picture

# WebP can be lossless too, but libtiff only writes that with an explicit option.
LOSSY = frozenset({tags.OLD_JPEG, tags.JPEG, tags.WEBP})


def read_tiff_loss(data: bytes) -> Loss:
    """Returns the loss; for a camera raw file that of its preview. JPEG strips are usually of high quality."""
    picture, _ = find_picture(BytesIO(data), NO_LIMITS)
    if isinstance(picture, Page):
        return Loss.LIGHT if picture.compression in LOSSY else Loss.NONE
    return read_jpeg_loss(data[picture.offset : picture.offset + picture.length])
