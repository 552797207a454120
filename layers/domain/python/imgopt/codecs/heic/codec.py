"""Reads HEIC by libheif. Runs in a child process, see `imgopt.codecs.shared.sandboxed_decoders`."""

from typing import TYPE_CHECKING, Any

from imgopt.codecs.shared import deep_samples, isobmff_color, vips
from imgopt.codecs.shared.code_points import NamedColor
from imgopt.codecs.shared.color import from_named
from imgopt.codecs.shared.metadata import without_orientation
from imgopt.codecs.shared.sandboxed_decoders import open_sandboxed, to_png
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image


# Modes with premultiplied alpha, and the modes without.
UNMULTIPLIED_MODES = {"RGBa": "RGBA", "La": "LA"}


def open_image(data: bytes) -> "Image":
    """Opens an image upright, with its profile and EXIF in `info`."""
    return open_sandboxed(__name__, data)


def decode(data: bytes) -> bytes:
    """Runs in the child process: returns a PNG of what `read` returns."""
    return to_png(read(data))


def read(data: bytes) -> "Image":
    """Decodes the primary image. libheif rotates and crops it as the file says, and resets EXIF's orientation."""
    import pi_heif

    color = isobmff_color.read_heif_color(data)
    try:
        file = pi_heif.open_heif(data)
        if color and color.spreads_dark_tones and _is_deep(file):
            return _read_deep(data, color, file.info)
        image: Image = file.to_pillow()
    except (ValueError, RuntimeError, OSError, EOFError) as error:
        raise InvalidImage("The HEIC file is damaged and can't be decoded.") from error
    return _to_srgb(image, color)


def _to_srgb(image: "Image", color: NamedColor | None) -> "Image":
    """Converts to sRGB. Premultiplied alpha is divided out before."""
    known = image.info
    plain = image.convert(UNMULTIPLIED_MODES[image.mode]) if image.mode in UNMULTIPLIED_MODES else image
    plain = from_named(plain, color) if color else plain
    plain.info = known
    return plain


def _is_deep(file: Any) -> bool:
    width, height = file.size
    return bool(file.info["bit_depth"] > 8 and width * height <= deep_samples.MOST_PIXELS_OF_16_BITS)


def _read_deep(data: bytes, color: NamedColor, known: dict[Any, Any]) -> "Image":
    import pi_heif

    file, library = pi_heif.open_heif(data, convert_hdr_to_8bit=False), vips.library()
    samples, (width, height) = file.data, file.size
    bands = len(samples) // (2 * width * height)
    pixels = library.Image.new_from_memory(samples, width, height, bands, "ushort")
    pixels = pixels.copy(interpretation="grey16" if bands < 3 else "rgb16")
    if file.premultiplied_alpha:
        pixels = pixels.unpremultiply(max_alpha=65_535).cast("ushort")
    image = deep_samples.to_eight_bits(pixels, color)
    image.info = {**known, "exif": without_orientation(known.get("exif"))}
    return image
