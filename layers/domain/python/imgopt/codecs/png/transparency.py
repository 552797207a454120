"""Transparent colours (tRNS) of any depth (PNG specification, 3rd ed., 11.3.1.1). Pillow only supports 8 bits."""

from io import BytesIO
from typing import TYPE_CHECKING

from imgopt.codecs.png.damage import COLOR_TYPE_AT
from imgopt.codecs.shared import vips
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

DEPTH_AT = 24
# Grey and RGB.
KEYED_COLOR_TYPES = frozenset({0, 2})
MOST_OF_8_BITS = 255


def open_still(data: bytes) -> "Image":
    """Opens the default image, usually without decoding it.

    A transparent colour is in `info["transparency"]`, scaled to 8 bits as in Pillow. A 16-bit picture gets alpha by
    libvips, which compares all bits.
    """
    from PIL import Image

    image = Image.open(BytesIO(data), formats=["PNG"])
    if "transparency" not in image.info or data[COLOR_TYPE_AT] not in KEYED_COLOR_TYPES:
        return image
    if data[DEPTH_AT] == 16:
        return _read_deep(data, image)
    image.info["transparency"] = _scale(image.info["transparency"], image.mode, data[DEPTH_AT])
    return image


def _scale(color: "int | tuple[int, ...]", mode: str, depth: int) -> "int | tuple[int, ...]":
    """Scales a colour of `depth` bits to 8. Bits beyond the depth are ignored; Pillow scales single bits itself."""
    if isinstance(color, tuple):
        return tuple(sample & MOST_OF_8_BITS for sample in color)
    most = (1 << depth) - 1
    return color if mode == "1" else (color & most) * MOST_OF_8_BITS // most


def _read_deep(data: bytes, opened: "Image") -> "Image":
    library = vips.library()
    try:
        pixels = library.Image.pngload_buffer(data, fail_on="error", access="sequential")
        image = vips.to_pillow((pixels >> 8).cast("uchar"))
    except library.Error as error:
        raise InvalidImage("The PNG file is damaged and can't be decoded.") from error
    image.info = {name: value for name, value in opened.info.items() if name != "transparency"}
    return image
