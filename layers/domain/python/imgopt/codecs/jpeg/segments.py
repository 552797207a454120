"""The segments of a JPEG file (ITU T.81, annex B), and whether they are complete."""

import re
from collections.abc import Iterator
from itertools import count
from typing import BinaryIO

from imgopt.errors import InvalidImage, TooLarge, Unsupported

SCAN, END, APP1 = 0xDA, 0xD9, 0xE1
# Frames of all kinds (table B.1), and those that are coded as differences from smaller ones.
FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
HIERARCHICAL = frozenset({0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF})
WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
# In a scan 0xFF is data where 0 follows and a restart where 0xD0-0xD7 do; anything else ends it.
# However many 0xFF stand before a marker, the last one is where it begins.
AFTER_SCAN = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")
MARKER = re.compile(rb"\xff([^\x00\xff])")
EXIF = b"Exif\0\0"
# Pillow takes microseconds for each segment and for each byte between two, and copies what it has of EXIF each time.
MOST_SEGMENTS, MOST_BETWEEN, MOST_EXIF = 4096, 1 << 16, 1 << 18
# Decoders go over all pixels once for each. Encoders that search long for the best come to fifty or so.
MOST_SCANS = 100


def check_complete(file: BinaryIO) -> bytes:
    """All of the file but its scans, so that nobody has to go through these again.

    Raises InvalidImage where the segments end before the image does, or are more than a picture needs, TooLarge at too
    many scans, and Unsupported for what no decoder here reads.
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
    """By a frame's marker and the bits of its samples (B.2.2)."""
    if marker in HIERARCHICAL:
        raise Unsupported("Hierarchical JPEG images can't be read.")
    if marker in FRAMES and bits not in (b"", b"\x08"):
        raise Unsupported(f"JPEG images of {bits[0]} bits a sample can't be read.")


def read_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers with their bytes from the start of the image up to its end; a scan's data belongs to its segment."""
    return ((marker, data[start:end]) for marker, start, end in find_segments(data))


def find_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """The same by where the bytes begin and end."""
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
    """The next marker and where it ends. Bytes of no meaning before it are passed over, as all decoders do."""
    found = MARKER.search(data, position)
    if found is None:
        raise InvalidImage("The JPEG file is truncated or damaged.")
    return found[1][0], found.end()


def _length(data: bytes, start: int) -> int:
    length = int.from_bytes(data[start : start + 2])
    if length < 2 or start + length > len(data):
        raise InvalidImage("The JPEG file is truncated or damaged.")
    return length


def _scan_end(data: bytes, position: int) -> int:
    found = AFTER_SCAN.search(data, position)
    if found is None:
        raise InvalidImage("The JPEG file is truncated.")
    return found.start()
