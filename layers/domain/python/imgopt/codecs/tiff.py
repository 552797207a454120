"""TIFF by libtiff, as libvips carries it, for reading only: any depth, layout and compression.

Runs in a child process, see `imgopt.codecs.foreign`.
"""

from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any

from imgopt.codecs import vips
from imgopt.codecs.color import EXIF_ORIENTATION
from imgopt.codecs.foreign import to_png
from imgopt.codecs.metadata import STALE
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image


def decode(data: bytes) -> bytes:
    """A PNG of the first page in 8-bit sRGB, upright."""
    library = vips.library()
    exif, mode = _describe(data)
    try:
        pixels = library.Image.tiffload_buffer(data, fail_on="truncated")
        image = _open_ycc(data) if mode == "YCbCr" else vips.to_pillow(_to_plain(pixels.autorot()))
    except (library.Error, OSError, ValueError) as error:
        raise InvalidImage("The TIFF file is damaged and can't be decoded.") from error
    image.info["exif"] = exif
    return to_png(image)


def _describe(data: bytes) -> tuple[bytes, str]:
    """Its tags as EXIF, less the orientation, and the mode that Pillow sees; nothing where Pillow can't read it."""
    from PIL import Image

    with suppress(Exception), Image.open(BytesIO(data), formats=["TIFF"]) as image:
        exif = image.getexif()
        for tag in (EXIF_ORIENTATION, *STALE):
            exif.pop(tag, None)
        return exif.tobytes(), image.mode
    return b"", ""


def _open_ycc(data: bytes) -> "Image":
    """libvips takes brightness and colour differences for red, green and blue where nothing compresses them."""
    from PIL import Image, ImageOps

    with Image.open(BytesIO(data), formats=["TIFF"]) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


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
