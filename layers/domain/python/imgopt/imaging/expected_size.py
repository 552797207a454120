"""Estimates the bytes of a result before its pixels are decoded, for quotes."""

from itertools import pairwise

from imgopt.codecs.format import Format, ImageHeader
from imgopt.codecs.formats import FORMATS, is_vector
from imgopt.imaging.candidates import possible_settings
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.outputs import outputs_of
from imgopt.imaging.plan import canvas_of, processed_frames, target_format

# (quality, bytes relative to quality 80): medians of the same photos as JPEG. Other formats differ little.
BITS_BY_QUALITY = ((1, 0.3), (40, 0.54), (60, 0.66), (80, 1.0), (90, 1.55), (97, 2.7), (100, 3.5))


def expected_bytes(image: ImageHeader, size: int, options: ProcessingSettings) -> int:
    """Returns the expected bytes of all results together. `size` is the source's size in bytes."""
    return sum(_smallest(image, size, each) for each in outputs_of(options))


def _smallest(image: ImageHeader, size: int, options: ProcessingSettings) -> int:
    """Returns the expected bytes in the smallest of the possible formats."""
    found = min(_bytes_of(image, size, each) for each in possible_settings(image, options))
    return round(min(found, options.output_file_size_limit or found))


def _bytes_of(image: ImageHeader, size: int, options: ProcessingSettings) -> float:
    """Returns the expected bytes in a format: at most the source's bytes per pixel, at least the format's smallest
    file.

    For vector images, and formats with few colours, the source's bytes are the only basis.
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
    """Interpolates linearly between the measured qualities."""
    for (lower, few), (upper, many) in pairwise(BITS_BY_QUALITY):
        if quality <= upper:
            return few + (many - few) * (quality - lower) / (upper - lower)
    return BITS_BY_QUALITY[-1][1]
