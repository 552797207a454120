"""How much a JPEG has lost, by the steps that its coefficients were divided by (ITU T.81, B.2.4.1)."""

from collections.abc import Iterator

from imgopt.codecs.capabilities import Loss
from imgopt.codecs.jpeg.segments import FRAMES, SCAN, read_segments
from imgopt.errors import InvalidImage

TABLES, VALUES = 0xDB, 64
# In a frame's segment, with its marker: what the first component names (B.2.2).
TABLE_NUMBER_AT = 12
# The sum of the luminance table of T.81's annex K, which quality 50 stands for in the program of the Independent JPEG
# Group. Its scale of other qualities (jcparam.c): twice as fine at 75, five times as fine at 90.
SUM_AT_50 = 3688
# From these qualities on networks that smooth less score more: of drawings and of photos (benchmarks/UPSCALING.md).
LIGHT_FROM, MODERATE_FROM = 85, 78


def read_jpeg_loss(data: bytes) -> Loss:
    """Raises InvalidImage where the file has no table for its brightness."""
    quality = estimate_quality(data)
    if quality >= LIGHT_FROM:
        return Loss.LIGHT
    return Loss.MODERATE if quality >= MODERATE_FROM else Loss.HEAVY


def estimate_quality(data: bytes) -> float:
    """Of 1-100, on that scale: which one has steps for brightness that are on average as large. Raises as above."""
    percent = 100 * sum(_brightness_table(data)) / SUM_AT_50
    return max(1.0, 100 - percent / 2 if percent <= 100 else 5000 / percent)


def _brightness_table(data: bytes) -> list[int]:
    """Of the first component, as the first scan has it."""
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
    """Their numbers, and their 64 values of one byte or of two."""
    at = 0
    while at < len(body):
        size = ((body[at] >> 4 > 0) + 1) * VALUES
        yield body[at] & 15, body[at + 1 : at + 1 + size]
        at += 1 + size
