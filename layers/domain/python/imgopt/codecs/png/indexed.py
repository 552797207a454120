"""A picture in few colours, written as a PNG whose pixels are their numbers (PNG specification, 3rd ed., 11.2.2).

The order of the colours is chosen and not tried, and prediction, which only harms numbers, isn't tried either.
"""

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

OPAQUE = 255
DEPTHS = (1, 2, 4, 8)
# libdeflate's levels that search for the shortest file; each takes twice the time of the one before. That is for 1 % of
# noise, and for 5-15 % of what is flat: what hardly packed takes less than so many bytes for each pixel.
LEVEL, EVEN_LEVEL, FLAT_LEVEL = 10, 11, 12
EVEN_BYTES, FLAT_BYTES, QUICK = 0.07, 0.035, 1
# So few pixels take no time.
SMALL_PIXELS = 65_536


def pack_indexed(few: "Image") -> bytes:
    """Mode P with a palette of RGBA, as a file in few bytes, with the colours alone that are in use."""
    import oxipng

    palette = few.getpalette("RGBA") or []
    order = _order(palette, few.histogram())
    depth = next(bits for bits in DEPTHS if len(order) <= 1 << bits)
    numbers = _number(few, order).tobytes("raw", "P" if depth == OPAQUE.bit_length() else f"P;{depth}")
    colors = [tuple(palette[4 * number : 4 * number + 4]) for number in order]
    image = oxipng.RawImage(*few.size, "indexed", depth, numbers, palette=colors)
    return bytes(
        image.create_optimized_png(
            filter=oxipng.FilterStrategy.none,
            deflate=oxipng.Deflaters.libdeflater(_level_for(numbers, few.width * few.height)),
            bit_depth_reduction=False,
            color_type_reduction=False,
            palette_reduction=False,
            grayscale_reduction=False,
        )
    )


def _order(palette: list[int], uses: list[int]) -> list[int]:
    """Colours in use: first those that aren't opaque, as only they need an alpha; common ones before rare ones."""
    used = [number for number, count in enumerate(uses) if count]
    return sorted(used, key=lambda number: (palette[4 * number + 3] == OPAQUE, -uses[number]))


def _number(few: "Image", order: list[int]) -> "Image":
    """Mode P, with each colour's place in the order as its number."""
    places = [0] * 256
    for place, number in enumerate(order):
        places[number] = place
    return few.point(places)


def _level_for(numbers: bytes, pixels: int) -> int:
    size = len(zlib.compress(numbers, QUICK))
    if size < FLAT_BYTES * pixels:
        return FLAT_LEVEL
    return EVEN_LEVEL if size < EVEN_BYTES * pixels or pixels <= SMALL_PIXELS else LEVEL
