"""About how many bytes an image will have, by what is known before its pixels are read: a quote, and no promise."""

from itertools import pairwise

from imgopt.codecs.format import Format, ImageHeader
from imgopt.codecs.formats import FORMATS, is_vector
from imgopt.imaging.candidates import possible_settings
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.outputs import outputs_of
from imgopt.imaging.plan import canvas_of, processed_frames, target_format

# Bits of a photo by quality, where quality 80 takes 1: medians of the same photos as JPEG. Other formats differ little.
BITS_BY_QUALITY = ((1, 0.3), (40, 0.54), (60, 0.66), (80, 1.0), (90, 1.55), (97, 2.7), (100, 3.5))


def expected_bytes(image: ImageHeader, size: int, options: ProcessingSettings) -> int:
    """Of all results together. `size` is that of the file in bytes."""
    return sum(_smallest(image, size, each) for each in outputs_of(options))


def _smallest(image: ImageHeader, size: int, options: ProcessingSettings) -> int:
    """Of the formats among which is chosen."""
    found = min(_bytes_of(image, size, each) for each in possible_settings(image, options))
    return round(min(found, options.output_file_size_limit or found))


def _bytes_of(image: ImageHeader, size: int, options: ProcessingSettings) -> float:
    """No pixel takes more than in the file, but there is a smallest file of each format.

    Of drawings nothing else is known, nor of formats of few colours.
    """
    target = FORMATS[target_format(image.format, options, has_alpha=image.has_alpha)]
    return max(target.least_bytes, _by_pixels(image, size, options, target))


def _by_pixels(image: ImageHeader, size: int, options: ProcessingSettings, target: Format) -> float:
    if target.vector:
        return size
    pixels = canvas_of(image, options).pixels * processed_frames(image, options)
    typical = target.photo_bits and target.photo_bits * relative_bits(options.output_quality)
    own = None if is_vector(image.format) else 8 * size / (image.width * image.height * image.frames)
    known = [bits for bits in (typical, own) if bits is not None]
    return min(known) * pixels / 8 if known else size


def relative_bits(quality: int) -> float:
    """By what is between the qualities that were measured, on a straight line."""
    for (lower, few), (upper, many) in pairwise(BITS_BY_QUALITY):
        if quality <= upper:
            return few + (many - few) * (quality - lower) / (upper - lower)
    return BITS_BY_QUALITY[-1][1]
