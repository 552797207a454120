"""A picture as those see it who say words: upright, in sRGB, and no larger than they can use."""

from typing import TYPE_CHECKING

from imgopt.codecs import svg
from imgopt.codecs.header import ImageHeader
from imgopt.pipeline.geometry import Size
from imgopt.pipeline.steps.decode import decode

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_SIDE = 1568


def view(data: bytes, source: ImageHeader) -> "Image":
    """The first frame in mode L, LA, RGB or RGBA. Drawings have 1568 pixels on a side, others at least so many.

    Raises InvalidImage where there is nothing to see.
    """
    scale = LONGEST_SIDE / max(source.width, source.height)
    if source.format == "svg":
        drawn = Size(source.width, source.height).scaled(scale)
        return svg.render(data, drawn.width, drawn.height)
    return decode(data, source.format, scale=min(1, scale)).image
