"""The segments of a JPEG file (ITU T.81, annex B): whether they are complete, and which hold metadata."""

import re
from collections.abc import Iterator
from itertools import count
from typing import BinaryIO

from imgopt.codecs.shared.encoding import Metadata
from imgopt.errors import InvalidImage, TooLarge

SCAN, END = 0xDA, 0xD9
APP0, APP1, APP2, APP14, APP15, COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
# In a scan 0xFF is data where 0 follows and a restart where 0xD0-0xD7 do; anything else ends it.
# However many 0xFF stand before a marker, the last one is where it begins.
AFTER_SCAN = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")
MARKER = re.compile(rb"\xff([^\x00\xff])")
EXIF, XMP, COLOR_PROFILE = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
LONGEST = 0xFFFF - 2
# Pillow takes microseconds for each segment and for each byte between two, and copies what it has of EXIF each time.
MOST_SEGMENTS, MOST_BETWEEN, MOST_EXIF = 4096, 1 << 16, 1 << 18
# Decoders go over all pixels once for each. Encoders that search long for the best come to fifty or so.
MOST_SCANS = 100


def check_complete(file: BinaryIO) -> None:
    """Raises InvalidImage where the segments end before the image does, or are more than a picture needs.

    Raises TooLarge at too many scans.
    """
    file.seek(0)
    exif = scans = 0
    for marker, part in _segments(file.read()):
        exif += len(part) if marker == APP1 and part[4:].startswith(EXIF) else 0
        _check_most(exif, MOST_EXIF)
        scans += marker == SCAN
        if scans > MOST_SCANS:
            raise TooLarge(f"The JPEG file has too many scans. At most {MOST_SCANS} are accepted.")


def clean(data: bytes, kept: Metadata) -> bytes:
    """The same pixels with that metadata alone."""
    return insert(strip(data), kept)


def strip(data: bytes) -> bytes:
    """The same image without EXIF, XMP, comments, previews, and whatever follows its end.

    What the colours depend on stays: JFIF, the colour profile, Adobe's transform.
    """
    return b"\xff\xd8" + b"".join(part for marker, part in _segments(data) if _shapes_pixels(marker, part))


def insert(data: bytes, metadata: Metadata) -> bytes:
    """Metadata put right behind the start. XMP that doesn't fit one segment is left out, as its extension is rare."""
    parts = [EXIF + metadata.exif if metadata.exif else b"", XMP + metadata.xmp if metadata.xmp else b""]
    segments = [b"\xff\xe1" + (len(part) + 2).to_bytes(2) + part for part in parts if 0 < len(part) <= LONGEST]
    return data[:2] + b"".join(segments) + data[2:]


def _shapes_pixels(marker: int, part: bytes) -> bool:
    if marker == APP2:
        return part[4:].startswith(COLOR_PROFILE)
    return marker in (APP0, APP14) or not (APP1 <= marker <= APP15 or marker == COMMENT)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers with their bytes from the start of the image up to its end; a scan's data belongs to its segment."""
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
        yield marker, b"\xff" + bytes((marker,)) + data[start:position]
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
