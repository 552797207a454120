"""Pictures of 16 bits a sample, as libvips reads them, made sRGB in eight bits without a stop at eight before."""

from typing import TYPE_CHECKING, Any

from imgopt.codecs.shared import tone_mapping, vips
from imgopt.codecs.shared.code_points import Hdr, NamedColor
from imgopt.codecs.shared.color import profile_of

if TYPE_CHECKING:
    from PIL.Image import Image

# Larger ones are read in eight bits: twice as many would take more memory than a job has.
MOST_PIXELS_OF_16_BITS = 32_000_000
PROFILE = "icc-profile-data"


def to_eight_bits(pixels: Any, color: NamedColor) -> "Image":
    """An image in mode L, LA, RGB or RGBA of a vips image of 1-4 bands whose colours are named."""
    if isinstance(color.transfer, Hdr):
        return vips.to_pillow(tone_mapping.map_tones(pixels, color))
    return by_profile(pixels, profile_of(color, grey=pixels.bands < 3))


def by_profile(pixels: Any, profile: bytes | None) -> "Image":
    """The same by a profile; without one, samples are sRGB's."""
    plain = to_deep_srgb(pixels, profile) if profile else pixels
    return vips.to_pillow(plain.linear(255 / 65_535, 0.5, uchar=True))


def to_deep_srgb(pixels: Any, profile: bytes) -> Any:
    """The same in sRGB or grey, with 16 bits a sample. Raises pyvips' Error where the profile isn't one for that.

    By way of XYZ in floats: straight from profile to profile, Little CMS has a table of few steps for 16 bits, which is
    7 of 255 off in the shadows of linear grey, and 20 at the edge of a gamut.
    """
    described = pixels.copy()
    described.set_type(vips.library().GValue.blob_type, PROFILE, profile)
    light = described.icc_import(embedded=True, intent="relative", pcs="xyz")
    converted = light.icc_export(output_profile="srgb", intent="relative", depth=16)
    return converted.colourspace("grey16" if pixels.bands < 3 else "rgb16")


def turn_upright(pixels: Any, orientation: int) -> Any:
    """Upright, by EXIF's number, 1-8, whatever the image itself says."""
    if orientation == 1:
        return pixels
    turned = pixels.copy_memory()
    turned.set_type(vips.library().GValue.gint_type, "orientation", orientation)
    return turned.autorot()
