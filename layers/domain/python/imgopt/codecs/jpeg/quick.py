"""JPEG read by libvips, as a picture needs it that is made smaller: libjpeg then decodes a half, quarter or eighth."""

from typing import Any

from imgopt.codecs.shared import vips

# Bands of grey and of YCbCr or RGB; what has four is read by Pillow.
PLAIN_BANDS = (1, 3)
# By how much libjpeg can divide sides, and how much larger what it makes has to stay, as by libvips' own `thumbnail`.
DIVISORS, SPARE = (8, 4, 2), 2


def open_quickly(data: bytes, scale: float) -> Any | None:
    """A vips image that isn't decoded yet, of at least the size at that scale; None where it isn't a plain one.

    Raises pyvips' Error where it is damaged, then or as it is decoded.
    """
    divisor = next((each for each in DIVISORS if scale * SPARE * each <= 1), 1)
    load = vips.library().Image.jpegload_buffer
    pixels = load(data, shrink=divisor, access="sequential", fail_on="truncated")
    return pixels if pixels.bands in PLAIN_BANDS else None
