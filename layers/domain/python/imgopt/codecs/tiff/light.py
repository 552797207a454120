"""Samples of any kind as eight bits of sRGB, of grey or of inks.

Integers: 0 is black and the largest number that their depth holds is white, whatever the picture's own largest one is.
But where numbers of 32 bits, or signed ones, are all within 8 or 16 bits, the largest number of these is white. For
what is below zero, programs show different colours, and it is refused.

Floats, grey and RGB alike: 0 is black and 1 is white, as amounts of light (linear, with the primaries of sRGB) or,
where the file has a colour profile, as that says. What is above 1 is white, what is below 0 or not a number is black.
Where more than half of the samples are above 1, they are the numbers of eight bits instead, 0-255, of sRGB. Where more
than one in a thousand is above 255, too, nothing tells what is white, and the picture is refused.
"""

from functools import cache
from typing import Any

from imgopt.codecs.shared import vips
from imgopt.codecs.tiff import tags
from imgopt.codecs.tiff.page import Page
from imgopt.errors import Unsupported

# Programs that have no other numbers write those of 8 and 16 bits in these, too.
WHITE_OF_COUNTS = {
    "char": (127,),
    "short": (255, 32_767),
    "int": (255, 65_535, 2_147_483_647),
    "uint": (255, 65_535, 4_294_967_295),
}
LARGEST = {"uchar": 255, "ushort": 65_535}
# Shares of a picture's samples.
MOST_ABOVE_ONE, MOST_ABOVE_BYTES = 0.5, 0.001
NEGATIVE = (
    "TIFF images with signed samples of {} bits below zero can't be read: programs show these in different colours."
)
NO_WHITE = (
    "TIFF images with floating-point samples of which many are above 255 can't be read: "
    "nothing tells which of them is white. 1 is, or 255."
)


def to_bytes(pixels: Any, page: Page, *, multiplied: bool) -> Any:
    """Colours, and alpha where the page has it. `multiplied` says whether alpha is still in the colours.

    Raises Unsupported where nothing tells which colours are meant.
    """
    pixels = _choose_bands(pixels, page)
    if page.floats:
        return _from_floats(pixels, page, multiplied=multiplied)
    whole = _from_counts(pixels, page) if pixels.format in WHITE_OF_COUNTS else pixels
    return _to_eight_bits(_apply_profile(_divide(whole) if multiplied else whole))


def _choose_bands(pixels: Any, page: Page) -> Any:
    """Colours and alpha, without what else there is of samples."""
    colors = colors_of(page)
    if page.alpha is None or page.photometric == tags.PALETTE:
        return pixels[:colors] if pixels.bands > colors else pixels
    if page.alpha == colors:
        return pixels[: colors + 1] if pixels.bands > colors + 1 else pixels
    return pixels[:colors].bandjoin(pixels[page.alpha])


def colors_of(page: Page) -> int:
    """The loader gives the colours of a palette in place of its numbers."""
    return 3 if page.photometric == tags.PALETTE else page.colors


def _from_counts(pixels: Any, page: Page) -> Any:
    """Signed numbers, and those of 32 bits: 16 bits of each."""
    pixels = pixels.copy_memory()
    if page.signed and pixels.min() < 0:
        raise Unsupported(NEGATIVE.format(page.depth))
    largest = pixels.max()
    white = next(white for white in WHITE_OF_COUNTS[pixels.format] if largest <= white)
    whole = pixels.linear(LARGEST["ushort"] / white, 0).rint().cast("ushort")
    # The loader turns grey around where 0 is white, but not that of signed numbers.
    return _turn_around(whole) if page.signed and page.photometric == tags.WHITE_IS_ZERO else whole


def _turn_around(grey: Any) -> Any:
    turned = LARGEST["ushort"] - grey[0]
    return (turned.bandjoin(grey[1]) if grey.bands > 1 else turned).cast("ushort")


def _from_floats(pixels: Any, page: Page, *, multiplied: bool) -> Any:
    pixels = (pixels == pixels).ifthenelse(pixels, 0).copy_memory()  # noqa: PLR0124
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
    """Colours without alpha in them."""
    kind = pixels.format
    return pixels.unpremultiply(max_alpha=LARGEST[kind]).rint().cast(kind)


def _apply_profile(pixels: Any) -> Any:
    """In sRGB; the same pixels where there is no profile, or one that can't be used, as viewers do."""
    if not pixels.get_typeof("icc-profile-data"):
        return pixels
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
    """From 16 bits of light to eight of sRGB (IEC 61966-2-1)."""
    table = bytes(round(255 * _encode(value / LARGEST["ushort"])) for value in range(LARGEST["ushort"] + 1))
    return vips.library().Image.new_from_memory(table, len(table), 1, 1, "uchar")


def _encode(light: float) -> float:
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
