"""Undoes the floating-point predictor (TIFF Technical Note 3): differences of a row's bytes, sorted by significance."""

from array import array
from itertools import accumulate

# Of doubles, only as many bytes as a single float has: the others are set to zero, which halves the work.
MOST_SIGNIFICANT = 4


def undo_float_predictor(data: bytes, samples: int, stride: int, size: int) -> bytes:
    """Returns little-endian samples of `size` bytes.

    `samples` is the number per row; `stride` is the number per pixel, whose bytes are summed separately.
    """
    row_bytes = samples * size
    rows = (data[start : start + row_bytes] for start in range(0, len(data), row_bytes))
    return b"".join(_undo_row(row, samples, stride, size) for row in rows)


def _undo_row(row: bytes, samples: int, stride: int, size: int) -> bytes:
    significant = min(size, MOST_SIGNIFICANT)
    summed, out = bytearray(samples * significant), bytearray(len(row))
    for first in range(stride):
        # The lowest byte of each sum, which little-endian processors store first; libvips is only built for these.
        sums = accumulate(row[first : len(summed) : stride])
        summed[first::stride] = array("Q", sums).tobytes()[::8]
    for number in range(significant):
        out[size - 1 - number :: size] = summed[number * samples : (number + 1) * samples]
    return bytes(out)
