"""How the service reads a file: it checks the header and its limits, and decodes a still, an animation or a drawing."""

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.conformance.pictures import NotRead, Pixels
from imgopt.codecs.format import ImageHeader, Limits
from imgopt.codecs.formats import FORMATS, decode_animation
from imgopt.codecs.header import read_header
from imgopt.errors import ImgoptError
from imgopt.imaging.steps.decode import decode
from imgopt.settings import settings

if TYPE_CHECKING:
    from PIL.Image import Image

# The limits for one file on this machine. The code that refuses large uploads refuses larger files.
PIXELS, ANIMATION_PIXELS = 40_000_000, 60_000_000


def header_of(data: bytes) -> ImageHeader:
    """Returns the header. Raises NotRead with the message that a client would get."""
    try:
        return read_header(BytesIO(data), Limits(PIXELS, settings().max_frames, ANIMATION_PIXELS))
    except ImgoptError as error:
        raise NotRead(str(error)) from error


def frames_of(data: bytes, header: ImageHeader) -> list[Pixels]:
    """Returns all frames. Raises NotRead with the message that a client would get."""
    try:
        return [np.asarray(image.convert("RGBA")) for image in _images(data, header)]
    except ImgoptError as error:
        raise NotRead(str(error)) from error


def _images(data: bytes, header: ImageHeader) -> "list[Image]":
    vector = FORMATS[header.format].vector
    if vector is not None:
        return [vector.render(data, header.width, header.height).image]
    if header.frames > 1:
        return list(decode_animation(data, header.format).frames)
    return [decode(data, header.format).image]
