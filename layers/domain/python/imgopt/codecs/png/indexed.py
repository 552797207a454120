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
# With no more colours than that, several in a byte are hardly ever larger than one; with more, zlib tells.
SPARSE, USUAL = 4, 6


def pack_indexed(few: "Image") -> bytes:
    """Mode P with a palette of RGBA, as a file in few bytes, with the colours alone that are in use."""
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
    """Whether a picture is small, or packs so well that a slower search for the shortest file costs little."""
    return pixels <= SMALL_PIXELS or quick_bytes(numbers) < FLAT_BYTES * pixels


def quick_bytes(numbers: bytes) -> int:
    """What the numbers take when hardly packed."""
    return len(zlib.compress(numbers, QUICK))


def _choose_depth(numbered: "Image", colors: int) -> tuple[int, bytes]:
    """As few bits as the colours need, and the numbers in these; a byte for each where that packs better."""
    least, whole = next(bits for bits in DEPTHS if colors <= 1 << bits), numbered.tobytes()
    if least == DEPTHS[-1]:
        return least, whole
    joined = numbered.tobytes("raw", f"P;{least}")
    if colors <= SPARSE or not packs_well(whole, numbered.width * numbered.height):
        return least, joined
    shortest = min(joined, whole, key=lambda each: len(zlib.compress(each, USUAL)))
    return (least, joined) if shortest is joined else (DEPTHS[-1], whole)


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
    return SLOW_LEVEL if packs_well(numbers, pixels) else LEVEL
