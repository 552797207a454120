"""Decompresses the bytes of a strip or tile, and widens samples to whole bytes."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from math import gcd
from typing import Any

from imgopt.codecs.shared import vips
from imgopt.codecs.tiff import tags
from imgopt.codecs.tiff.page import Page
from imgopt.errors import InvalidImage

DAMAGED = "The TIFF file is damaged: a part of its picture can't be decompressed."
MISSING = "The TIFF file is damaged: a part of its picture is missing."
COMPRESSIONS = frozenset({tags.LZW, tags.DEFLATE, tags.OLD_DEFLATE, tags.PACK_BITS, tags.LZMA, tags.ZSTD})
DEFLATES = frozenset({tags.DEFLATE, tags.OLD_DEFLATE})
PIECE = 1 << 16
# The largest ratio of inflated to compressed bytes, and the most bytes that are inflated at once.
LARGEST_RATIO, LARGEST_ROOM = 1032, 1 << 31
# A byte with reversed bits, for files whose lower bits are the left pixels (TIFF 6.0, FillOrder).
REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
LOWEST_FIRST = 2


def decompress(part: bytes, page: Page, size: int) -> Any:
    """Returns `size` bytes. Raises InvalidImage where there are fewer, or they can't be decompressed."""
    if page.fill_order == LOWEST_FIRST:
        part = part.translate(REVERSED)
    if page.compression == tags.NO_COMPRESSION:
        unpacked: Any = part[:size]
    elif page.compression in DEFLATES:
        unpacked = _inflate_whole(part, size)
    else:
        unpacked = _decompress_by_pillow(part, page.compression, size)
    if len(unpacked) < size:
        raise InvalidImage(MISSING)
    return unpacked


def _inflate_whole(part: bytes, size: int) -> Any:
    """Inflates a whole part, which may have more rows than the page needs."""
    import deflate

    room = min(size, len(part) * LARGEST_RATIO)
    if room < LARGEST_ROOM:
        with suppress(deflate.DeflateError):
            return deflate.zlib_decompress(part, room)
    return b"".join(inflate(part, size))[:size]


def inflate(part: bytes, size: int) -> Iterator[bytes]:
    """Yields `size` bytes or slightly more. Raises InvalidImage also where the checksum is wrong.

    libtiff ignores it, and returns noise for one in four parts in which a byte was changed.
    """
    stream, left, view = zlib.decompressobj(), size, memoryview(part)
    try:
        for at in range(0, len(part), PIECE):
            piece = stream.decompress(view[at : at + PIECE])
            left -= len(piece)
            yield piece
            if left < -size:
                break
    except zlib.error as error:
        raise InvalidImage(DAMAGED) from error
    if left < 0 and not stream.eof:
        raise InvalidImage(DAMAGED)  # the stream doesn't end where it should


def _decompress_by_pillow(part: bytes, compression: int, size: int) -> bytes:
    """Decompresses by Pillow's libtiff, as a picture of one row of bytes."""
    from PIL import Image

    try:
        with Image.open(BytesIO(_row_of_bytes(part, compression, size)), formats=["TIFF"]) as row:
            return row.tobytes()
    except (OSError, SyntaxError, ValueError) as error:
        raise InvalidImage(DAMAGED) from error


def _row_of_bytes(part: bytes, compression: int, size: int) -> bytes:
    entries = {
        **{tags.WIDTH: size, tags.HEIGHT: 1, tags.BITS: 8, tags.COMPRESSION: compression},
        **{tags.PHOTOMETRIC: tags.BLACK_IS_ZERO, tags.OFFSETS: 8, tags.SAMPLES: 1, tags.ROWS: 1},
        tags.LENGTHS: len(part),
    }
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries.items())
    padding = bytes(len(part) % 2)
    start = struct.pack("<2sHI", b"II", 42, 8 + len(part) + len(padding))
    return start + part + padding + struct.pack("<H", len(entries)) + directory + bytes(4)


def widen(packed: bytes, rows: int, samples: int, bits: int) -> bytes:
    """Converts packed samples of 1 to 16 bits, most significant bit first with byte-aligned rows, to 16 bits of full
    range.

    `samples` is the number per row.
    """
    group = gcd(bits, 8)
    group_bytes, group_samples = bits // group, 8 // group
    groups = -(-samples // group_samples)
    library = vips.library()
    row = library.Image.new_from_memory(packed, len(packed) // rows, rows, 1, "uchar")
    whole = row.embed(0, 0, groups * group_bytes, rows).write_to_memory()
    grouped = library.Image.new_from_memory(whole, groups, rows, group_bytes, "uchar").cast("uint")
    taken = [_take_sample(grouped, number * bits, bits) for number in range(group_samples)]
    wide = taken[0].bandjoin(taken[1:]) if taken[1:] else taken[0]
    unrolled = library.Image.new_from_memory(wide.write_to_memory(), groups * group_samples, rows, 1, "ushort")
    return bytes(unrolled.crop(0, 0, samples, rows).write_to_memory())


def _take_sample(grouped: Any, start: int, bits: int) -> Any:
    first, last = start // 8, (start + bits - 1) // 8
    value = grouped[first]
    for number in range(first + 1, last + 1):
        value = value * 256 + grouped[number]
    value = (value.cast("uint") >> (8 * (last + 1) - start - bits)) & ((1 << bits) - 1)
    return (value * (0xFFFF / ((1 << bits) - 1))).rint().cast("ushort")
