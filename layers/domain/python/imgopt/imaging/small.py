"""Chooses the jobs for the smaller of the two functions that process pixels. It has one CPU and half of the memory."""

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.imaging.options import OutputFormat, ProcessingSettings, ResizeBehavior
from imgopt.imaging.outputs import outputs_of
from imgopt.imaging.plan import canvas_of, needs_network

# Decoded and encoded pixels together. 300 MB suffice for these in each format
# (docs/decisions/0057-fewer-writes-and-log-lines.md).
SMALL_PIXELS = 8_000_000


def is_small(image: ImageHeader, options: ProcessingSettings) -> bool:
    """Returns whether the image is a still one with few pixels, without a network, a crop or tracing."""
    if not FORMATS[image.format].decodes_lean or image.frames > 1 or needs_network(image, options):
        return False
    outputs = outputs_of(options)
    if any(each.output_resize_behavior is ResizeBehavior.CROP for each in outputs):
        return False
    if any(is_traced(each.output_format) for each in outputs):
        return False
    largest = max(canvas_of(image, each).pixels for each in outputs)
    return image.width * image.height + largest <= SMALL_PIXELS


def is_traced(target: OutputFormat) -> bool:
    return target in FORMATS and FORMATS[target].vector is not None
