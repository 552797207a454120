"""Pixels of a JPEG XL codestream, with what their colours mean."""

from typing import TYPE_CHECKING

from imgopt.codecs.jxl import libjxl
from imgopt.codecs.jxl.image_header import BLACK, JxlImage
from imgopt.codecs.shared.code_points import NAMED_COLOR
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image


def decode_codestream(codestream: bytes, image: JxlImage) -> "Image":
    """By libjxl; `info` has a profile or a name of the colours where they are not sRGB.

    Raises InvalidImage where it is damaged, or of a kind that isn't read.
    """
    if any(channel.kind == BLACK for channel in image.channels):
        raise InvalidImage("JPEG XL in CMYK can't be read.")
    alpha = image.alpha
    pixels = libjxl.decode(codestream, is_premultiplied=alpha is not None and alpha.is_premultiplied)
    if image.hdr:
        pixels.info[NAMED_COLOR] = image.hdr
    elif image.color.is_srgb:
        pixels.info.pop("icc_profile")
    return pixels
