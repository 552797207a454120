"""TIFF by libtiff, as libvips carries it, for reading only: any depth, layout and compression."""

from typing import TYPE_CHECKING, Any

from imgopt.codecs import vips
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

ORIENTATION = "orientation"


def open_image(data: bytes) -> "Image":
    """The first page in 8-bit sRGB, upright."""
    library = vips.library()
    try:
        pixels = library.Image.tiffload_buffer(data, fail_on="truncated").autorot()
        return vips.to_pillow(_to_plain(pixels))
    except library.Error as error:
        raise InvalidImage("The TIFF file is damaged and can't be decoded.") from error


def _to_plain(pixels: Any) -> Any:
    if pixels.format in ("float", "double") and pixels.interpretation in ("b-w", "rgb", "multiband", "srgb"):
        pixels = _scale_floats(pixels)
    if pixels.get_typeof("icc-profile-data"):
        pixels = pixels.icc_transform("srgb", embedded=True, intent="relative")
    grey = pixels.interpretation in ("b-w", "grey16")
    plain = pixels.colourspace("b-w" if grey else "srgb").cast("uchar")
    return plain[:4] if plain.bands > 4 else plain


def _scale_floats(pixels: Any) -> Any:
    """Floating-point samples are 0-1 by custom; others are taken as 0-255."""
    return (pixels * 255 if pixels.max() <= 1 else pixels).cast("uchar")
