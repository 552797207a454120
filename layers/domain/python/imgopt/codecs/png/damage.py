"""Removes damaged ancillary chunks of a PNG file, which pixels don't need (PNG specification, 3rd ed., 5.4 and
13.2).
"""

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

SIGNATURE_BYTES = 8
# Their names are those of ancillary chunks, but animations need them.
CHUNKS_OF_FRAMES = frozenset({b"fcTL", b"fdAT"})
# The fixed lengths of chunks, in bytes: section 11.3 of the specification.
LENGTHS = {b"acTL": 8, b"cHRM": 32, b"cICP": 4, b"gAMA": 4, b"pHYs": 9, b"sRGB": 1}
# Chunks with a name of at most 79 bytes, a zero, the number of the only compression method, and compressed data.
PACKED, LONGEST_PACKED_NAME, DEFLATE = frozenset({b"iCCP", b"zTXt"}), 81, b"\0"
TRNS_LENGTHS = {0: 2, 2: 6}
COLOR_TYPE_AT = 25


def mend(data: bytes) -> bytes:
    """Returns the file without damaged ancillary chunks, as libpng and browsers read it."""
    kept, start = [], 0
    for position, end in _damaged(data):
        kept.append(data[start:position])
        start = end
    return b"".join([*kept, data[start:]]) if kept else data


def read_head(file: BinaryIO) -> BytesIO:
    """Returns all repaired chunks before the pixels, and the first 8 bytes of the pixels' chunk.

    The caller has checked that the chunks are complete.
    """
    file.seek(SIGNATURE_BYTES)
    while True:
        head = file.read(8)
        if len(head) < 8 or head[4:] in (b"IDAT", b"IEND"):
            break
        file.seek(int.from_bytes(head[:4]) + 4, 1)
    end = file.tell()
    file.seek(0)
    return BytesIO(mend(file.read(end)))


def is_damaged(kind: bytes, body: memoryview | bytes, checksum: bytes, color_type: int) -> bool:
    """Returns whether an ancillary chunk has a wrong checksum, or an impossible length or content."""
    if kind[:1].isupper() or kind in CHUNKS_OF_FRAMES:
        return False
    if kind in PACKED and bytes(body[:LONGEST_PACKED_NAME]).partition(b"\0")[2][:1] != DEFLATE:
        return True
    wanted = TRNS_LENGTHS.get(color_type) if kind == b"tRNS" else LENGTHS.get(kind)
    return wanted not in (None, len(body)) or zlib.crc32(body, zlib.crc32(kind)) != int.from_bytes(checksum)


def _damaged(data: bytes) -> Iterator[tuple[int, int]]:
    """Yields the start and end of each damaged ancillary chunk."""
    view, position, kind = memoryview(data), SIGNATURE_BYTES, b""
    while position + 12 <= len(data) and kind != b"IEND":
        length, kind = int.from_bytes(view[position : position + 4]), data[position + 4 : position + 8]
        end = position + 12 + length
        if end <= len(data) and is_damaged(
            kind, view[position + 8 : end - 4], data[end - 4 : end], data[COLOR_TYPE_AT]
        ):
            yield position, end
        position = end
