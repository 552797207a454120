"""Converts samples of all kinds to 8 bits of sRGB, grey or CMYK.

Integers: 0 is black, and the largest number of their depth is white, whatever the picture's own maximum. But where all
32-bit or signed numbers fit 8 or 16 bits, the largest number of these is white. Negative numbers are refused, because
programs show different colours for them.

Floats, grey and RGB: 0 is black and 1 is white, as linear light with sRGB's primaries, or as the file's profile says.
Above 1 is white; below 0 and NaN are black. Where more than half of the samples are above 1, they count as 8-bit sRGB,
0 to 255. Where more than one in a thousand is also above 255, white is unknown, and the picture is refused.
"""

from functools import cache
from typing import Any

from imgopt.codecs.shared import vips
from imgopt.codecs.tiff import tags
from imgopt.codecs.tiff.page import Page
from imgopt.errors import Unsupported

# Programs without other types write 8- and 16-bit numbers in these.
WHITE_OF_COUNTS = {
    "char": (127,),
    "short": (255, 32_767),
    "int": (255, 65_535, 2_147_483_647),
    "uint": (255, 65_535, 4_294_967_295),
}
LARGEST = {"uchar": 255, "ushort": 65_535}
# The place of a profile's colour space (ICC.1:2022, 7.2.2), and those of the samples here.
COLOR_SPACE, DEVICE_COLORS = slice(16, 20), (b"RGB ", b"GRAY")
# Shares of a picture's samples.
MOST_ABOVE_ONE, MOST_ABOVE_BYTES = 0.5, 0.001
NEGATIVE = (
    "TIFF images with negative samples of {} bits are not supported, because programs show them in different colours."
)
NO_WHITE = (
    "TIFF images with many floating-point samples above 255 are not supported, because white is unknown. "
    "Scale the samples to 0-1 or 0-255."
)


def to_bytes(pixels: Any, page: Page, *, multiplied: bool) -> Any:
    """Returns the colours, and alpha where the page has it. `multiplied` says whether the colours are premultiplied.

    Raises Unsupported where the colours are ambiguous.
    """
    pixels = _choose_bands(pixels, page)
    if page.floats:
        return _from_floats(pixels, page, multiplied=multiplied)
    whole = _from_counts(pixels, page) if pixels.format in WHITE_OF_COUNTS else pixels
    return _to_eight_bits(_apply_profile(_divide(whole) if multiplied else whole))


def _choose_bands(pixels: Any, page: Page) -> Any:
    """Returns the colours and alpha, without further samples."""
    colors = colors_of(page)
    if page.alpha is None or page.photometric == tags.PALETTE:
        return pixels[:colors] if pixels.bands > colors else pixels
    if page.alpha == colors:
        return pixels[: colors + 1] if pixels.bands > colors + 1 else pixels
    return pixels[:colors].bandjoin(pixels[page.alpha])


def colors_of(page: Page) -> int:
    """Returns the number of colour samples. libvips' loader replaces palette indexes by colours."""
    return 3 if page.photometric == tags.PALETTE else page.colors


def _from_counts(pixels: Any, page: Page) -> Any:
    """Converts signed and 32-bit numbers to 16 bits."""
    pixels = pixels.copy_memory()
    if page.signed and pixels.min() < 0:
        raise Unsupported(NEGATIVE.format(page.depth))
    largest = pixels.max()
    white = next(white for white in WHITE_OF_COUNTS[pixels.format] if largest <= white)
    whole = pixels.linear(LARGEST["ushort"] / white, 0).rint().cast("ushort")
    # The loader inverts grey where 0 is white, but not for signed numbers.
    return _turn_around(whole) if page.signed and page.photometric == tags.WHITE_IS_ZERO else whole


def _turn_around(grey: Any) -> Any:
    turned = LARGEST["ushort"] - grey[0]
    return (turned.bandjoin(grey[1]) if grey.bands > 1 else turned).cast("ushort")


def _from_floats(pixels: Any, page: Page, *, multiplied: bool) -> Any:
    pixels = (pixels == pixels).ifthenelse(pixels, 0).copy_memory()  # noqa: PLR0124 - NaN differs from itself
    if multiplied:
        pixels = pixels.unpremultiply(max_alpha=1).copy_memory()
    colors = pixels[: page.colors]
    white = _white_of(colors)
    if page.photometric == tags.WHITE_IS_ZERO:
        colors = white - colors
    deep = (colors * (LARGEST["ushort"] / white)).rint().cast("ushort")
    managed = _apply_profile(deep)
    is_light = white == 1 and managed is deep
    eight = deep.maplut(_curve()) if is_light else _to_eight_bits(managed)
    if pixels.bands == page.colors:
        return eight
    return eight.bandjoin((pixels[page.colors] * LARGEST["uchar"]).rint().cast("uchar"))


def _white_of(colors: Any) -> int:
    if _share_above(colors, 1) <= MOST_ABOVE_ONE:
        return 1
    if _share_above(colors, LARGEST["uchar"]) <= MOST_ABOVE_BYTES:
        return LARGEST["uchar"]
    raise Unsupported(NO_WHITE)


def _share_above(colors: Any, value: int) -> float:
    return float((colors > value).avg() / 255)


def _divide(pixels: Any) -> Any:
    """Divides the colours by alpha."""
    kind = pixels.format
    return pixels.unpremultiply(max_alpha=LARGEST[kind]).rint().cast(kind)


def _apply_profile(pixels: Any) -> Any:
    """Converts to sRGB. As in viewers, a missing or unusable profile is ignored."""
    if not pixels.get_typeof("icc-profile-data") or pixels.get("icc-profile-data")[COLOR_SPACE] not in DEVICE_COLORS:
        return pixels  # libvips would apply a profile for Lab to RGB samples
    try:
        return _named(pixels).icc_transform("srgb", embedded=True, intent="relative")
    except vips.library().Error:
        return pixels


def _to_eight_bits(pixels: Any) -> Any:
    if pixels.format == "uchar":
        return pixels
    grey = pixels.bands < 3
    return _named(pixels).colourspace("b-w" if grey else "srgb").cast("uchar")


def _named(pixels: Any) -> Any:
    kinds = {"uchar": ("b-w", "srgb"), "ushort": ("grey16", "rgb16")}
    return pixels.copy(interpretation=kinds[pixels.format][pixels.bands > 2])


@cache
def _curve() -> Any:
    """Returns the curve from 16-bit linear light to 8-bit sRGB (IEC 61966-2-1)."""
    table = bytes(round(255 * _encode(value / LARGEST["ushort"])) for value in range(LARGEST["ushort"] + 1))
    return vips.library().Image.new_from_memory(table, len(table), 1, 1, "uchar")


def _encode(light: float) -> float:
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
