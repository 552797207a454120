"""SVG sources: given back without what is dangerous, or drawn."""

from math import sqrt

from imgopt.codecs.capabilities import Vector
from imgopt.codecs.format import ImageHeader
from imgopt.codecs.shared import vips
from imgopt.imaging.artifact import describe_left_out
from imgopt.imaging.geometry import Size
from imgopt.imaging.options import ResizeBehavior
from imgopt.transform.opening import Opened
from imgopt.transform.pipeline import Transformation, scale_needed
from imgopt.transform.sizes import round_half_up
from imgopt.transform.variant import Variant


def clean_drawing(data: bytes, source: ImageHeader, vector: Vector) -> Variant:
    """As it is, in its own size, without scripts, handlers and what it would load."""
    prepared = vector.prepare(data, None, None, ResizeBehavior.PAD.value)
    size = source.width, source.height
    warnings = tuple(filter(None, (describe_left_out(prepared.left_out),)))
    return Variant(prepared.data, source.format, *size, *size, warnings=warnings)


def open_drawing(data: bytes, own: Size, vector: Vector, wanted: Transformation, most_pixels: int) -> Opened:
    """Drawn as large as the options need it, but in no more pixels than a source may have."""
    scale = scale_needed(own, wanted)
    if most_pixels:
        scale = min(scale, sqrt(most_pixels / own.pixels))
    width, height = (max(1, round_half_up(side * scale)) for side in (own.width, own.height))
    drawing = vector.render(data, width, height)
    return Opened(vips.from_pillow(drawing.image), own, warning=describe_left_out(drawing.left_out))
