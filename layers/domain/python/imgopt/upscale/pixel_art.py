"""Pixel art, which is drawn pixel by pixel. It is enlarged by larger pixels, and not by a network."""

from math import ceil
from typing import TYPE_CHECKING

from imgopt.codecs.shared.color import flatten
from imgopt.imaging.geometry import Size

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray
    from PIL.Image import Image

    Levels = NDArray[numpy.int16]

# Measured on the benchmark's corpus: pixel art has 5 to 22 colours, and 0.02 to 0.08 of its edges are soft; in other
# drawings it is 0.18 or more. Two colours are a scanned page, whose curves should become smooth.
LEAST_PALETTE, MOST_PALETTE, MOST_SOFT = 3, 64, 0.1
# With fewer edges nothing can be decided.
LEAST_EDGES = 32
# Of 255: the difference of two pixels with an edge between them, and the distance of a blended pixel from both.
EDGE, NUANCE = 24, 4
# Of a large image, only the centre is examined.
LOOKED_AT_SIDE = 1024
# Rows of the result that are made at once.
STRIP_ROWS = 256


def is_pixel_art(image: "Image") -> bool:
    """Returns whether an image has few colours and hardly any blended edges, which other drawings and scaled images
    have.
    """
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
    """Counts along rows: pixels between two different ones, and how many of these are blends."""
    import numpy

    before, pixel, after = levels[:, :-2], levels[:, 1:-1], levels[:, 2:]
    edge = abs(before - after).max(-1) >= EDGE
    within = (numpy.minimum(before, after) <= pixel) & (pixel <= numpy.maximum(before, after))
    apart = [abs(pixel - side).max(-1) > NUANCE for side in (before, after)]
    return int(edge.sum()), int((edge & within.all(-1) & apart[0] & apart[1]).sum())


def enlarge_pixel_art(image: "Image", size: Size) -> "Image":
    """Enlarges each pixel to a rectangle. A pixel of the result that covers several gets their mean."""
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
