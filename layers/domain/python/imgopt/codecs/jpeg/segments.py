"""Parses the segments of a JPEG file (ITU T.81, annex B), and checks that they are complete."""

import re
from collections.abc import Iterator
from itertools import count
from typing import BinaryIO

from imgopt.codecs.shared.searching import search_in_parts
from imgopt.errors import InvalidImage, TooLarge, Unsupported

SCAN, END, APP1 = 0xDA, 0xD9, 0xE1
# All kinds of frames (table B.1), and those that are coded as differences from smaller ones.
FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
HIERARCHICAL = frozenset({0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF})
WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
# In a scan, 0xFF followed by 0 is data, and 0xFF followed by 0xD0 to 0xD7 a restart; anything else ends the scan. A
# marker begins with the last of several 0xFF.
AFTER_SCAN = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")
MARKER = re.compile(rb"\xff([^\x00\xff])")
MARKER_BYTES = 2
EXIF = b"Exif\0\0"
# Pillow takes microseconds for each segment and for each byte between two, and copies all EXIF each time.
MOST_SEGMENTS, MOST_BETWEEN, MOST_EXIF = 4096, 1 << 16, 1 << 18
# Decoders process all pixels for each scan. Optimizing encoders write up to about fifty.
MOST_SCANS = 100


def check_complete(file: BinaryIO) -> bytes:
    """Returns the file without its scans, so that later steps needn't parse these again.

    Raises InvalidImage where segments end before the image does, or are more than a picture needs, TooLarge for too
    many scans, and Unsupported for codings that no decoder here supports.
    """
    file.seek(0)
    data = file.read()
    exif, behind, kept = 0, 0, list[bytes]()
    for marker, start, end in find_segments(data):
        exif += end - start if marker == APP1 and data.startswith(EXIF, start + 4, end) else 0
        _check_most(exif, MOST_EXIF)
        _check_coding(marker, data[start + 4 : min(start + 5, end)])
        if marker == SCAN:
            kept.append(data[behind:start])
            behind = end
        if len(kept) > MOST_SCANS:
            raise TooLarge(f"The JPEG file has too many scans. At most {MOST_SCANS} are accepted.")
    return b"".join((*kept, data[behind:]))


def _check_coding(marker: int, bits: bytes) -> None:
    """Checks a frame's marker and its bits per sample (B.2.2)."""
    if marker in HIERARCHICAL:
        raise Unsupported("Hierarchical JPEG images are not supported.")
    if marker in FRAMES and bits not in (b"", b"\x08"):
        raise Unsupported(f"JPEG images of {bits[0]} bits per sample are not supported.")


def read_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields markers and segments from the image's start to its end. A scan's data belong to its segment."""
    return ((marker, data[start:end]) for marker, start, end in find_segments(data))


def find_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Like `read_segments`, with start and end of each segment."""
    position, scans, between = 2, 0, 0
    for number in count(1):
        marker, start = _read_marker(data, position)
        between += start - 2 - position
        _check_most(number, MOST_SEGMENTS)
        _check_most(between, MOST_BETWEEN)
        position = start + (0 if marker in WITHOUT_LENGTH or marker == END else _length(data, start))
        if marker == SCAN:
            scans += 1
            position = _scan_end(data, position)
        yield marker, start - 2, position
        if marker == END:
            break
    if not scans:
        raise InvalidImage("The JPEG file is truncated or damaged.")


def _check_most(number: int, most: int) -> None:
    if number > most:
        raise InvalidImage("The JPEG file is damaged: it has more segments than a picture needs.")


def _read_marker(data: bytes, position: int) -> tuple[int, int]:
    """Returns the next marker and its end. Meaningless bytes before it are skipped, as all decoders do."""
    found = search_in_parts(MARKER, data, position, MARKER_BYTES)
    if found is None:
        raise InvalidImage("The JPEG file is truncated or damaged.")
    return found[1][0], found.end()


def _length(data: bytes, start: int) -> int:
    length = int.from_bytes(data[start : start + 2])
    if length < 2 or start + length > len(data):
        raise InvalidImage("The JPEG file is truncated or damaged.")
    return length


def _scan_end(data: bytes, position: int) -> int:
    found = search_in_parts(AFTER_SCAN, data, position, MARKER_BYTES)
    if found is None:
        raise InvalidImage("The JPEG file is truncated.")
    return found.start()
