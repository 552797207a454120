"""Bytes to pixels: the first frame, upright and in sRGB."""

from io import BytesIO
from typing import TYPE_CHECKING

from imgopt.codecs.color import normalize
from imgopt.codecs.formats import FORMATS
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image


def decode(data: bytes, source_format: str) -> "Image":
    """Raises InvalidImage where the pixels can't be read, whatever the header said."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # limits were checked from the header, before anything was stored
    source = FORMATS[source_format]
    try:
        with Image.open(BytesIO(data), formats=[source.pillow_name]) as image:
            image.load()
            return normalize(image)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise InvalidImage(f"The {source.label} file is damaged and can't be decoded.") from error
