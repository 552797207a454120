"""Estimates the smallest possible lossless file by zlib, in a tenth of the time for making it."""

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgopt.codecs.shared.sampling import take_strips

if TYPE_CHECKING:
    from PIL.Image import Image

QUICK, USUAL = 1, 6
# Bytes per sample by zlib: above the first an image is noisy, below the second very flat.
NOISY, EVEN = 0.2, 0.02
# An image is smooth where differences of neighbours compress to less than this share of the pixels' bytes.
SMOOTH_GAIN = 0.95
# The share of zlib's bytes that oxipng leaves at least, measured on the benchmark's corpus and on smooth pictures.
NOISY_LEFT, SMOOTH_LEFT, EVEN_LEFT, LEFT = 0.75, 0.43, 0.5, 0.69
# A sample of these strips is tried first. It is within a sixth of the whole's estimate, unless strips repeat.
STRIPS, STRIP_ROWS, SAMPLE_LEFT = 16, 8, 0.9
OPAQUE = 255
PLAIN_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


@dataclass(frozen=True)
class Estimate:
    """The least bytes of a lossless file, and whether that is due to prediction, which needs all colours."""

    size: float
    smooth: bool = False


def is_surely_below_lossless(size: int, image: "Image") -> bool:
    """Returns whether a file of `size` bytes with fewer colours is smaller than every lossless one."""
    sample = take_strips(image, STRIPS, STRIP_ROWS)
    if (plain := _plain_mode(sample)) != image.mode and plain == _plain_mode(image):
        image, sample = image.convert(plain), sample.convert(plain)
    part = _estimate(sample)
    whole = part.size * image.height / sample.height
    if not part.smooth and size <= SAMPLE_LEFT * whole:
        return True
    return size <= (whole if sample.height == image.height else _estimate(image).size)


def _plain_mode(image: "Image") -> str:
    """Returns the simplest mode without loss: grey for grey colours, no alpha where all pixels are opaque."""
    from PIL import ImageChops

    bands = [*image.split()]
    if image.mode in ("LA", "RGBA") and bands[-1].getextrema()[0] == OPAQUE:
        bands.pop()
    if len(bands) > 2 and not any(ImageChops.difference(bands[0], each).getbbox() for each in bands[1:3]):
        bands[:3] = bands[:1]
    return PLAIN_MODES[len(bands)]


def _estimate(image: "Image") -> Estimate:
    from PIL import ImageChops

    differences = ImageChops.subtract_modulo(image, ImageChops.offset(image, 1, 0)).tobytes()
    quick = len(zlib.compress(differences, QUICK))
    if quick > NOISY * len(differences):
        return Estimate(quick * NOISY_LEFT)
    predicted, plain = (len(zlib.compress(each, USUAL)) for each in (differences, image.tobytes()))
    if predicted < SMOOTH_GAIN * plain:
        return Estimate(predicted * SMOOTH_LEFT, smooth=True)
    return Estimate(plain * (EVEN_LEFT if plain < EVEN * len(differences) else LEFT))
