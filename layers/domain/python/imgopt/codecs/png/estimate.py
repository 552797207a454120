"""How small a file without loss can become at least, by zlib, in a tenth of the time that it takes to make it."""

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgopt.codecs.shared.sampling import take_strips

if TYPE_CHECKING:
    from PIL.Image import Image

QUICK, USUAL = 1, 6
# Bytes for a sample by zlib: above the first an image is noisy, below the second very even.
NOISY, EVEN = 0.2, 0.02
# An image is smooth where the differences of neighbours take so much less than the pixels themselves.
SMOOTH_GAIN = 0.95
# What oxipng leaves at least of what zlib has made, as measured on the benchmark's corpus and on smooth pictures.
NOISY_LEFT, SMOOTH_LEFT, EVEN_LEFT, LEFT = 0.75, 0.43, 0.5, 0.69
# A sample of these strips is asked first: it comes within a sixth of what the whole says, but where strips repeat.
STRIPS, STRIP_ROWS, SAMPLE_LEFT = 16, 8, 0.9
OPAQUE = 255
PLAIN_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


@dataclass(frozen=True)
class Estimate:
    """The least bytes of a file without loss, and whether prediction, which fewer colours spoil, makes it so small."""

    size: float
    smooth: bool = False


def is_surely_below_lossless(size: int, image: "Image") -> bool:
    """Whether a file of so many bytes, in fewer colours, is smaller than any of the same image without loss."""
    sample = take_strips(image, STRIPS, STRIP_ROWS)
    if (plain := _plain_mode(sample)) != image.mode and plain == _plain_mode(image):
        image, sample = image.convert(plain), sample.convert(plain)
    part = _estimate(sample)
    whole = part.size * image.height / sample.height
    if not part.smooth and size <= SAMPLE_LEFT * whole:
        return True
    return size <= (whole if sample.height == image.height else _estimate(image).size)


def _plain_mode(image: "Image") -> str:
    """That in which a file without loss holds it: grey for colours that are none, no alpha where all is opaque."""
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
