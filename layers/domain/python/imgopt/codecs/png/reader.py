"""Opens PNG by Pillow, or by libvips where 8 bits are too few for the conversion to sRGB."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from imgopt.codecs.png import chunks, color, deep, transparency
from imgopt.codecs.shared import deep_samples, matrix_profile, vips
from imgopt.codecs.shared.code_points import NAMED_COLOR, NamedColor
from imgopt.codecs.shared.encoding import Metadata

if TYPE_CHECKING:
    from PIL.Image import Image


def open_image(data: bytes) -> "Image":
    """Opens an image, not decoded unless it is 16-bit linear or HDR. A named colour space is in `info`."""
    image = transparency.open_still(data)
    name, profile = color.read_png_color(data), image.info.get("icc_profile")
    if _has_deep_light(data, image, name, profile):
        with suppress(vips.library().Error):  # libvips fails on unusable profiles; Pillow reports other damage
            return _decode_deep(data, name, profile, image.info)
    if name:
        image.info[NAMED_COLOR] = name
    return image


def clean(data: bytes, kept: Metadata) -> bytes | None:
    """Returns the same pixels with only these metadata. None where the colour space is named by cICP, which most
    readers ignore.
    """
    return None if color.is_named_by_number(data) else chunks.clean(data, kept)


def _has_deep_light(data: bytes, image: "Image", name: NamedColor | None, profile: bytes | None) -> bool:
    if color.bits_of(data) <= 8 or image.width * image.height > deep_samples.MOST_PIXELS_OF_16_BITS:
        return False
    if name:
        return name.spreads_dark_tones and not name.narrow
    return bool(profile) and matrix_profile.is_linear(profile or b"")


def _decode_deep(data: bytes, name: NamedColor | None, profile: bytes | None, known: dict[Any, Any]) -> "Image":
    pixels = deep.load_deep(data)
    image = deep_samples.to_eight_bits(pixels, name) if name else deep_samples.by_profile(pixels, profile)
    image.info = {key: value for key, value in known.items() if key != "icc_profile"}
    return image
