"""Decodes run-length encoded bitmaps (BI_RLE8, BI_RLE4, and OS/2's RLE24): [MS-WMF] 3.1.6."""

from array import array
from dataclasses import dataclass, field

from imgopt.errors import InvalidImage

END_OF_ROW, END_OF_BITMAP, DELTA = 0, 1, 2
SINGLE = [bytes((number,)) for number in range(256)]


@dataclass
class Expanded:
    """Pixels row by row in the file's order, and the ranges (in pixels) that no run has drawn."""

    pixels: bytearray = field(default_factory=bytearray)
    gaps: "array[int]" = field(default_factory=lambda: array("I"))

    def leave(self, start: int, end: int, pixel_bytes: int) -> None:
        if end > start:
            self.pixels += bytes((end - start) * pixel_bytes)
            self.gaps.extend((start, end))


def expand(data: bytes, start: int, width: int, height: int, bits: int) -> Expanded:
    """Decodes runs from `start` on: pixels of 8 or 4 bits to one byte each, of 24 bits to three.

    Runs end at the end of a row, as in Chromium. Raises InvalidImage where the data end before the pixels without an
    end mark, or leave the picture.
    """
    try:
        return _expand(data, start, width, width * height, bits)
    except IndexError as error:
        raise InvalidImage("The bitmap is truncated.") from error


def _expand(data: bytes, position: int, width: int, whole: int, bits: int) -> Expanded:
    done, place, row_end, unit = Expanded(), 0, width, bits // 8 or 1
    pixels = done.pixels
    while place < whole:
        count, value = data[position], data[position + 1]
        position += 2
        if count and bits == 8:
            run = SINGLE[value] * count
        elif count:
            run, position = _repeat(data, position, count, value, bits)
        elif value > DELTA:
            count = value
            run, position = _copy(data, position, count, bits)
        elif value == END_OF_BITMAP:
            break
        else:
            right, down = (row_end - place - width, 1) if value == END_OF_ROW else (data[position], data[position + 1])
            position += value  # a delta has two numbers, an end of row has none
            target, row_end = place + right + down * width, row_end + down * width
            if value == DELTA and not target <= row_end <= whole:
                raise InvalidImage("The bitmap is damaged.")
            done.leave(place, target, unit)
            place = target
            continue
        if count > row_end - place:
            count = row_end - place
            run = run[: count * unit]
        pixels += run
        place += count
    done.leave(place, whole, unit)
    return done


def _repeat(data: bytes, position: int, count: int, value: int, bits: int) -> tuple[bytes, int]:
    if bits == 4:
        return (bytes((value >> 4, value & 15)) * (count // 2 + 1))[:count], position
    return bytes((value, data[position], data[position + 1])) * count, position + 2


def _copy(data: bytes, position: int, count: int, bits: int) -> tuple[bytes, int]:
    """Returns literal pixels, which are padded to an even number of bytes."""
    length = -(-count * bits // 8)
    part = data[position : position + length]
    if len(part) < length:
        raise IndexError
    if bits == 4:
        part = bytes(nibble for byte in part for nibble in (byte >> 4, byte & 15))[:count]
    return part, position + length + length % 2
