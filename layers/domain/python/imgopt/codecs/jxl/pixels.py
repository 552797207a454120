"""Decodes the pixels of a JPEG XL codestream, with their colour space."""

from typing import TYPE_CHECKING

from imgopt.codecs.jxl import libjxl
from imgopt.codecs.jxl.image_header import BLACK, JxlImage
from imgopt.codecs.shared.code_points import NAMED_COLOR
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image


def decode_codestream(codestream: bytes, image: JxlImage) -> "Image":
    """Decodes by libjxl; `info` has a profile or a named colour space where it isn't sRGB.

    Raises InvalidImage where it is damaged or unsupported.
    """
    if any(channel.kind == BLACK for channel in image.channels):
        raise InvalidImage("JPEG XL in CMYK is not supported.")
    alpha = image.alpha
    pixels = libjxl.decode(codestream, is_premultiplied=alpha is not None and alpha.is_premultiplied)
    if image.hdr:
        pixels.info[NAMED_COLOR] = image.hdr
    elif image.color.is_srgb:
        pixels.info.pop("icc_profile")
    return pixels
