"""The predictor for floating-point samples (TIFF Technical Note 3): a row's bytes by significance, as differences."""

from array import array
from itertools import accumulate

# Of doubles, as much as a single float holds: the others are left zero, which halves the work.
MOST_SIGNIFICANT = 4


def undo_float_predictor(data: bytes, samples: int, stride: int, size: int) -> bytes:
    """Little-endian samples of `size` bytes.

    `samples` is the number in a row, `stride` that in a pixel, whose bytes are added up apart.
    """
    row_bytes = samples * size
    rows = (data[start : start + row_bytes] for start in range(0, len(data), row_bytes))
    return b"".join(_undo_row(row, samples, stride, size) for row in rows)


def _undo_row(row: bytes, samples: int, stride: int, size: int) -> bytes:
    significant = min(size, MOST_SIGNIFICANT)
    summed, out = bytearray(samples * significant), bytearray(len(row))
    for first in range(stride):
        # The lowest byte of each sum, which all processors that libvips is built for store first.
        sums = accumulate(row[first : len(summed) : stride])
        summed[first::stride] = array("Q", sums).tobytes()[::8]
    for number in range(significant):
        out[size - 1 - number :: size] = summed[number * samples : (number + 1) * samples]
    return bytes(out)
