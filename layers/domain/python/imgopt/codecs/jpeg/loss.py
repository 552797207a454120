"""Estimates the coding loss of a JPEG from its quantization tables (ITU T.81, B.2.4.1)."""

from collections.abc import Iterator

from imgopt.codecs.capabilities import Loss
from imgopt.codecs.jpeg.segments import FRAMES, SCAN, read_segments
from imgopt.errors import InvalidImage

TABLES, VALUES = 0xDB, 64
# The offset of the first component's table number in a frame segment with its marker (B.2.2).
TABLE_NUMBER_AT = 12
# The sum of the luminance table in T.81's annex K, which is quality 50 in the program of the Independent JPEG Group.
# Its scale (jcparam.c) has half the steps at 75, a fifth at 90.
SUM_AT_50 = 3688
# Qualities from which networks with less smoothing score higher, for drawings and photos (benchmarks/UPSCALING.md).
LIGHT_FROM, MODERATE_FROM = 85, 78


def read_jpeg_loss(data: bytes) -> Loss:
    """Returns the loss. Raises InvalidImage where the file has no luminance table."""
    quality = estimate_quality(data)
    if quality >= LIGHT_FROM:
        return Loss.LIGHT
    return Loss.MODERATE if quality >= MODERATE_FROM else Loss.HEAVY


def estimate_quality(data: bytes) -> float:
    """Returns the quality, 1 to 100 on that scale, whose luminance steps have the same mean. Raises as
    `read_jpeg_loss`.
    """
    percent = 100 * sum(_brightness_table(data)) / SUM_AT_50
    return max(1.0, 100 - percent / 2 if percent <= 100 else 5000 / percent)


def _brightness_table(data: bytes) -> list[int]:
    """Returns the table of the first component, as the first scan uses it."""
    tables: dict[int, bytes] = {}
    number = 0
    for marker, part in read_segments(data):
        if marker == TABLES:
            tables.update(_split_tables(part[4:]))
        elif marker in FRAMES and len(part) > TABLE_NUMBER_AT:
            number = part[TABLE_NUMBER_AT]
        elif marker == SCAN:
            break
    values = tables.get(number, b"")
    if len(values) < VALUES:
        raise InvalidImage("The JPEG file is damaged: it has no quantization table.")
    width = len(values) // VALUES
    return [int.from_bytes(values[at : at + width]) for at in range(0, width * VALUES, width)]


def _split_tables(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields table numbers, and tables of 64 values of one or two bytes."""
    at = 0
    while at < len(body):
        size = ((body[at] >> 4 > 0) + 1) * VALUES
        yield body[at] & 15, body[at + 1 : at + 1 + size]
        at += 1 + size
