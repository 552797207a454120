"""A picture in few colours, written as a PNG whose pixels are their numbers (PNG specification, 3rd ed., 11.2.2).

The order of the colours is chosen and not tried, and prediction, which only harms numbers, isn't tried either.
"""

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

OPAQUE = 255
DEPTHS = (1, 2, 4, 8)
# libdeflate's levels. From 10 on it searches for the shortest file; 11 takes twice the time, for 1-2 % of noise, and
# for 5-15 % of what is small, and of flat drawings, which hardly packed take few bytes for each pixel.
LEVEL, SLOW_LEVEL = 10, 11
FLAT_BYTES, SMALL_PIXELS, QUICK = 0.05, 65_536, 1


def pack_indexed(few: "Image") -> bytes:
    """Mode P with a palette of RGBA, as a file in few bytes, with the colours alone that are in use."""
    import oxipng

    palette = few.getpalette("RGBA") or []
    order = _order(palette, few.histogram())
    depth = next(bits for bits in DEPTHS if len(order) <= 1 << bits)
    numbers = _number(few, order).tobytes("raw", "P" if depth == DEPTHS[-1] else f"P;{depth}")
    red, green, blue, alpha = (palette[band::4] for band in range(4))
    colors = [(red[number], green[number], blue[number], alpha[number]) for number in order]
    image = oxipng.RawImage(*few.size, "indexed", depth, numbers, palette=[*colors])
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
    slow = pixels <= SMALL_PIXELS or len(zlib.compress(numbers, QUICK)) < FLAT_BYTES * pixels
    return SLOW_LEVEL if slow else LEVEL
