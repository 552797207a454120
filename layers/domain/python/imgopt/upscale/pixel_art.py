"""Pixel art: drawn pixel by pixel, so that larger pixels, and nothing else, are what it looks like when enlarged."""

from math import ceil
from typing import TYPE_CHECKING

from imgopt.codecs.shared.color import flatten
from imgopt.imaging.geometry import Size

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray
    from PIL.Image import Image

    Levels = NDArray[numpy.int16]

# As measured on the benchmark's corpus: pixel art has 5-22 colours, and 0.02-0.08 of its edges are soft; of other
# drawings 0.18 and more are. Two colours are a page that was scanned, whose curves are to be round.
LEAST_PALETTE, MOST_PALETTE, MOST_SOFT = 3, 64, 0.1
# With fewer nothing can be said.
LEAST_EDGES = 32
# Levels of 255 by which two pixels differ that have an edge between them, and one between from either of them.
EDGE, NUANCE = 24, 4
# No more of a large image is looked at than its middle.
LOOKED_AT_SIDE = 1024
# Rows of the result that are made at a time.
STRIP_ROWS = 256


def is_pixel_art(image: "Image") -> bool:
    """Few colours, and hardly an edge with a blend of both sides on it, as every other way to draw or to scale has."""
    import numpy

    left, top = (max(0, (side - LOOKED_AT_SIDE) // 2) for side in image.size)
    right, bottom = min(image.width, left + LOOKED_AT_SIDE), min(image.height, top + LOOKED_AT_SIDE)
    seen = flatten(image.crop((left, top, right, bottom))).convert("RGB")
    colors = seen.getcolors(MOST_PALETTE)
    if colors is None or len(colors) < LEAST_PALETTE:
        return False
    levels = numpy.asarray(seen).astype(numpy.int16)
    (across, soft_across), (down, soft_down) = _count_edges(levels), _count_edges(levels.transpose(1, 0, 2))
    edges = across + down
    return edges >= LEAST_EDGES and soft_across + soft_down <= MOST_SOFT * edges


def _count_edges(levels: "Levels") -> tuple[int, int]:
    """Along rows: pixels between two that are unlike, and how many of them are a blend of both."""
    import numpy

    before, pixel, after = levels[:, :-2], levels[:, 1:-1], levels[:, 2:]
    edge = abs(before - after).max(-1) >= EDGE
    within = (numpy.minimum(before, after) <= pixel) & (pixel <= numpy.maximum(before, after))
    apart = [abs(pixel - side).max(-1) > NUANCE for side in (before, after)]
    return int(edge.sum()), int((edge & within.all(-1) & apart[0] & apart[1]).sum())


def enlarge_pixel_art(image: "Image", size: Size) -> "Image":
    """Each pixel a rectangle; where one of the result has parts of several, their mean."""
    from PIL import Image

    ratio, made = image.height / size.height, Image.new(image.mode, (size.width, size.height))
    for top in range(0, size.height, STRIP_ROWS):
        bottom = min(top + STRIP_ROWS, size.height)
        first, last = int(top * ratio), min(image.height, ceil(bottom * ratio))
        strip = _repeat(image.crop((0, first, image.width, last)), -(-size.width // image.width))
        scale = strip.height / (last - first)
        box = (0, (top * ratio - first) * scale, strip.width, min(strip.height, (bottom * ratio - first) * scale))
        made.paste(strip.resize((size.width, bottom - top), Image.Resampling.BOX, box), (0, top))
    return made


def _repeat(image: "Image", times: int) -> "Image":
    from PIL.Image import Resampling

    return image.resize((image.width * times, image.height * times), Resampling.NEAREST)
