"""Opens common PNGs by libvips: with 8 bits, in sRGB or with a profile."""

from typing import Any

from imgopt.codecs.png import color
from imgopt.codecs.png.chunks import HEADER_START, has_exif
from imgopt.codecs.shared import vips
from imgopt.codecs.shared.encoding import BITS

INDEXED = 3


def open_quickly(data: bytes, _scale: float) -> Any | None:
    """Like JPEG's `open_quickly`. Returns None for files that Pillow, libvips and browsers may read differently."""
    if not _is_plain(data):
        return None
    return vips.library().Image.pngload_buffer(data, access="sequential", fail_on="truncated")


def _is_plain(data: bytes) -> bool:
    head = data[: data.find(b"IDAT")]
    is_keyed = b"tRNS" in head and data[color.COLOR_TYPE_AT] != INDEXED
    has_odd = is_keyed or b"acTL" in head or has_exif(data) or HEADER_START not in head
    return not has_odd and color.bits_of(data) <= BITS and color.read_png_color(data) is None
