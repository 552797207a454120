"""TIFF by libtiff, as libvips carries it, for reading only: any depth, layout and compression.

Runs in a child process, see `imgopt.codecs.shared.sandboxed_decoders`.
"""

from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any

from imgopt.codecs.shared import vips
from imgopt.codecs.shared.color import EXIF_ORIENTATION, normalize
from imgopt.codecs.shared.metadata import STALE
from imgopt.codecs.shared.sandboxed_decoders import open_apart, to_png
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

# libvips takes brightness and colour differences for red, green and blue where nothing compresses them, and CMYK
# without a profile for that of a press: in JPEG, browsers and we do not.
FLOATS = ("float", "double")
NOT_BY_VIPS = frozenset({"YCbCr", "LAB", "CMYK"})


def open_image(data: bytes) -> "Image":
    """The first page, upright, in 8-bit sRGB."""
    return open_apart(__name__, data)


def decode(data: bytes) -> bytes:
    """A PNG of what `read` reads."""
    return to_png(read(data))


def read(data: bytes) -> "Image":
    """The first page in 8-bit sRGB, upright. What libvips can't read, Pillow may: it has other gaps."""
    library = vips.library()
    exif, mode = _describe(data)
    try:
        image = _open_by_pillow(data) if mode in NOT_BY_VIPS else _open_by_vips(data)
    except library.Error:
        image = _open_by_pillow(data)
    image.info["exif"] = exif
    return image


def _open_by_vips(data: bytes) -> "Image":
    pixels = vips.library().Image.tiffload_buffer(data, fail_on="truncated", access="sequential")
    if pixels.format in FLOATS or (pixels.get_typeof("orientation") and pixels.get("orientation") > 1):
        pixels = pixels.copy_memory()  # these need it more than once, or in another order
    return vips.to_pillow(_to_plain(pixels.autorot()))


def _describe(data: bytes) -> tuple[bytes, str]:
    """Its tags as EXIF, less the orientation, and the mode that Pillow sees; nothing where Pillow can't read it."""
    from PIL import Image

    with suppress(Exception), Image.open(BytesIO(data), formats=["TIFF"]) as image:
        exif = image.getexif()
        for tag in (EXIF_ORIENTATION, *STALE):
            exif.pop(tag, None)
        return exif.tobytes(), image.mode
    return b"", ""


def _open_by_pillow(data: bytes) -> "Image":
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=["TIFF"]) as image:
            image.load()
            return normalize(image)
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError) as error:
        raise InvalidImage("The TIFF file is damaged and can't be decoded.") from error


def _to_plain(pixels: Any) -> Any:
    if pixels.format in FLOATS and pixels.interpretation in ("b-w", "rgb", "multiband", "srgb"):
        pixels = _scale_floats(pixels)
    if pixels.get_typeof("icc-profile-data"):
        pixels = pixels.icc_transform("srgb", embedded=True, intent="relative")
    grey = pixels.interpretation in ("b-w", "grey16")
    plain = pixels.colourspace("b-w" if grey else "srgb").cast("uchar")
    return plain[:4] if plain.bands > 4 else plain


def _scale_floats(pixels: Any) -> Any:
    """Floating-point samples are 0-1 by custom; others are taken as 0-255."""
    return (pixels * 255 if pixels.max() <= 1 else pixels).cast("uchar")
