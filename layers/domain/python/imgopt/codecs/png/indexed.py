"""Encodes a picture with few colours as an indexed PNG (PNG specification, 3rd ed., 11.2.2).

The order of the colours is computed, not searched. Prediction isn't tried, because it only harms indexes.
"""

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

OPAQUE = 255
DEPTHS = (1, 2, 4, 8)
# libdeflate's levels. From 10 on it optimizes; 11 takes twice the time, and saves 1 to 2 % for noise, and 5 to 15 % for
# small files and flat drawings, which take few bytes per pixel even after fast compression.
LEVEL, SLOW_LEVEL = 10, 11
FLAT_BYTES, SMALL_PIXELS, QUICK = 0.05, 65_536, 1
# With up to this many colours, packing several indexes into a byte is hardly ever larger; with more, zlib decides.
SPARSE, USUAL = 4, 6


def pack_indexed(few: "Image") -> bytes:
    """Encodes mode P with a palette of RGBA. Only used colours are written."""
    import oxipng

    palette = few.getpalette("RGBA") or []
    order = _order(palette, few.histogram())
    depth, numbers = _choose_depth(_number(few, order), len(order))
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


def packs_well(numbers: bytes, pixels: int) -> bool:
    """Returns whether a picture is small, or compresses so well that a slow search costs little time."""
    return pixels <= SMALL_PIXELS or quick_bytes(numbers) < FLAT_BYTES * pixels


def quick_bytes(numbers: bytes) -> int:
    """Returns the bytes of fast compression."""
    return len(zlib.compress(numbers, QUICK))


def _choose_depth(numbered: "Image", colors: int) -> tuple[int, bytes]:
    """Returns the bits per index, and the packed indexes: as few as possible, or 8 where that compresses better."""
    least, whole = next(bits for bits in DEPTHS if colors <= 1 << bits), numbered.tobytes()
    if least == DEPTHS[-1]:
        return least, whole
    joined = numbered.tobytes("raw", f"P;{least}")
    if colors <= SPARSE or not packs_well(whole, numbered.width * numbered.height):
        return least, joined
    shortest = min(joined, whole, key=lambda each: len(zlib.compress(each, USUAL)))
    return (least, joined) if shortest is joined else (DEPTHS[-1], whole)


def _order(palette: list[int], uses: list[int]) -> list[int]:
    """Returns the used colours: first those that aren't opaque, because only they need an alpha entry; common ones
    before rare ones.
    """
    used = [number for number, count in enumerate(uses) if count]
    return sorted(used, key=lambda number: (palette[4 * number + 3] == OPAQUE, -uses[number]))


def _number(few: "Image", order: list[int]) -> "Image":
    """Returns mode P with the colours in this order."""
    places = [0] * 256
    for place, number in enumerate(order):
        places[number] = place
    return few.point(places)


def _level_for(numbers: bytes, pixels: int) -> int:
    return SLOW_LEVEL if packs_well(numbers, pixels) else LEVEL
