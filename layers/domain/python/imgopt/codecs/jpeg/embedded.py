"""Reads and writes XMP of a finished JPEG without changing anything else, and detects C2PA manifests."""

import struct
from collections.abc import Iterator
from itertools import accumulate, takewhile
from typing import BinaryIO

from imgopt.codecs.jpeg.application_segments import APP0, APP1, APP2, LONGEST_METADATA, XMP, write_segment
from imgopt.codecs.jpeg.gain_map import MULTI_PICTURE, SEGMENT_HEAD
from imgopt.codecs.jpeg.segments import EXIF, FRAMES, read_segments
from imgopt.codecs.shared.provenance import Embedded

# JUMBF in JPEG (ISO/IEC 19566-5, annex D): the segment, its name, and the bytes of the first one that contain C2PA's
# label.
APP11, JUMBF, C2PA, LABEL_WITHIN = 0xEB, b"JP", b"c2pa", 128
LAST_APP, COMMENT = 0xEF, 0xFE
# The index of a multi-picture file: a TIFF structure with entries of 16 bytes. Each has a size and an offset from its
# start, which is 0 for the first (CIPA DC-007, 5.2.3.3).
INDEX_AT = SEGMENT_HEAD + len(MULTI_PICTURE)
PICTURES, ENTRY_BYTES, SIZE_AT = 0xB002, 16, 4

# A segment and its offset.
Placed = tuple[int, bytes]


def read_embedded(file: BinaryIO) -> Embedded:
    """Reads what comes before the picture, where signing programs and most others put metadata."""
    file.seek(0)
    packet, has_manifest = b"", False
    for marker, part in takewhile(lambda segment: segment[0] not in FRAMES, read_segments(file.read())):
        if marker == APP1 and part[SEGMENT_HEAD:].startswith(XMP) and not packet:
            packet = part[SEGMENT_HEAD + len(XMP) :]
        has_manifest |= marker == APP11 and part[SEGMENT_HEAD:].startswith(JUMBF) and C2PA in part[:LABEL_WITHIN]
    return Embedded(packet, has_manifest)


def write_xmp(data: bytes, packet: bytes) -> bytes | None:
    """Writes the packet behind JFIF and EXIF, in place of the old one; None where it doesn't fit.

    In a multi-picture file the index is corrected, because offsets change.
    """
    if len(packet) > LONGEST_METADATA:
        return None
    before = list(_read_head(data))
    end = before[-1][0] + len(before[-1][1]) if before else 2
    kept = [each for each in before if not _is_named(each[1], APP1, XMP)]
    first = sum(1 for _ in takewhile(_comes_first, kept))
    head = [*kept[:first], (0, write_segment(APP1, XMP + packet)), *kept[first:]]
    grown = sum(len(part) for _, part in head) - (end - 2)
    starts = accumulate((len(part) for _, part in head), initial=2)
    try:
        moved = [_move(*each, start, grown) for each, start in zip(head, starts, strict=False)]
    except struct.error:
        return None
    return b"".join((data[:2], *moved, data[end:]))


def _read_head(data: bytes) -> Iterator[Placed]:
    """Yields the segments before the picture's own."""
    position = 2
    while data[position : position + 1] == b"\xff" and _describes(data[position + 1]):
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4])
        yield position, data[position:end]
        position = end


def _describes(marker: int) -> bool:
    return APP0 <= marker <= LAST_APP or marker == COMMENT


def _comes_first(placed: Placed) -> bool:
    return placed[1][1] == APP0 or _is_named(placed[1], APP1, EXIF)


def _is_named(part: bytes, marker: int, name: bytes) -> bool:
    return part[1] == marker and part[SEGMENT_HEAD:].startswith(name)


def _move(before: int, part: bytes, start: int, grown: int) -> bytes:
    """Returns the index with corrected offsets. Raises struct.error where it is malformed."""
    if not _is_named(part, APP2, MULTI_PICTURE):
        return part
    index = bytearray(part)
    order = "<" if part[INDEX_AT : INDEX_AT + 2] == b"II" else ">"
    for number, at in enumerate(_find_entries(part, order)):
        size, offset = struct.unpack_from(f"{order}II", part, at + SIZE_AT)
        size += 0 if number else grown
        offset += grown - (start - before) if offset else 0
        struct.pack_into(f"{order}II", index, at + SIZE_AT, size, offset)
    return bytes(index)


def _find_entries(part: bytes, order: str) -> Iterator[int]:
    (directory,) = struct.unpack_from(f"{order}I", part, INDEX_AT + 4)
    (count,) = struct.unpack_from(f"{order}H", part, INDEX_AT + directory)
    for number in range(count):
        tag, _, length, offset = struct.unpack_from(f"{order}HHII", part, INDEX_AT + directory + 2 + 12 * number)
        if tag == PICTURES:
            start = INDEX_AT + offset
            yield from range(start, start + length - length % ENTRY_BYTES, ENTRY_BYTES)
            return
