"""Converts pictures with 16 bits per sample from libvips to sRGB with 8 bits, without reducing bits before."""

from typing import TYPE_CHECKING, Any

from imgopt.codecs.shared import tone_mapping, vips
from imgopt.codecs.shared.code_points import Hdr, NamedColor
from imgopt.codecs.shared.color import profile_of

if TYPE_CHECKING:
    from PIL.Image import Image

# Larger ones are decoded with 8 bits, because 16 would exceed a job's memory.
MOST_PIXELS_OF_16_BITS = 32_000_000
PROFILE = "icc-profile-data"


def to_eight_bits(pixels: Any, color: NamedColor) -> "Image":
    """Converts a vips image of 1 to 4 bands in a named colour space to an image in mode L, LA, RGB or RGBA."""
    if isinstance(color.transfer, Hdr):
        return vips.to_pillow(tone_mapping.map_tones(pixels, color))
    return by_profile(pixels, profile_of(color, grey=pixels.bands < 3))


def by_profile(pixels: Any, profile: bytes | None) -> "Image":
    """Converts by a profile; without one, samples are sRGB."""
    plain = to_deep_srgb(pixels, profile) if profile else pixels
    return vips.to_pillow(plain.linear(255 / 65_535, 0.5, uchar=True))


def to_deep_srgb(pixels: Any, profile: bytes) -> Any:
    """Converts to sRGB or grey with 16 bits. Raises pyvips' Error where the profile is unsuitable.

    Converts through XYZ in floats: for a direct 16-bit conversion Little CMS uses a coarse table, with errors of 7 of
    255 in shadows of linear grey, and of 20 at the edge of a gamut.
    """
    described = pixels.copy()
    described.set_type(vips.library().GValue.blob_type, PROFILE, profile)
    light = described.icc_import(embedded=True, intent="relative", pcs="xyz")
    converted = light.icc_export(output_profile="srgb", intent="relative", depth=16)
    return converted.colourspace("grey16" if pixels.bands < 3 else "rgb16")


def turn_upright(pixels: Any, orientation: int) -> Any:
    """Applies an EXIF orientation, 1 to 8, in place of the image's own."""
    if orientation == 1:
        return pixels
    turned = pixels.copy_memory()
    turned.set_type(vips.library().GValue.gint_type, "orientation", orientation)
    return turned.autorot()
