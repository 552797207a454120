"""Opens JPEGs by libvips for pictures that become smaller: libjpeg then decodes at half, a quarter or an eighth."""

from typing import Any

from imgopt.codecs.shared import vips

# Bands of grey, and of YCbCr or RGB. Images with four are decoded by Pillow.
PLAIN_BANDS = (1, 3)
# The divisors of libjpeg, and how much larger the decoded picture must stay, as in libvips' `thumbnail`.
DIVISORS, SPARE = (8, 4, 2), 2


def open_quickly(data: bytes, scale: float) -> Any | None:
    """Returns a vips image, not decoded yet, of at least the size at this scale; None for other than common JPEGs.

    Raises pyvips' Error where it is damaged, here or while it is decoded.
    """
    divisor = next((each for each in DIVISORS if scale * SPARE * each <= 1), 1)
    load = vips.library().Image.jpegload_buffer
    pixels = load(data, shrink=divisor, access="sequential", fail_on="truncated")
    return pixels if pixels.bands in PLAIN_BANDS else None
