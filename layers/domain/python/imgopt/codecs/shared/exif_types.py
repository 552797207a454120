"""Corrects types of EXIF values: Pillow writes bytes of most tags as BYTE, where EXIF requires UNDEFINED. Lengths are
equal.
"""

from collections.abc import Iterator
from itertools import takewhile
from typing import Literal

# Tags that Exif 3.0 (4.6.5 and 4.6.6) defines as UNDEFINED, by the tag that refers to their directory.
EXIF_DIRECTORY, GPS_DIRECTORY = 0x8769, 0x8825
UNDEFINED_TAGS = {
    EXIF_DIRECTORY: frozenset({0x8828, 0x9000, 0x9101, 0x927C, 0x9286, 0xA000, 0xA20C, 0xA300, 0xA301, 0xA302, 0xA40B}),
    GPS_DIRECTORY: frozenset({0x1B, 0x1C}),
}
BYTE, UNDEFINED = 1, 7
ENTRY_BYTES = 12


def with_undefined_types(exif: bytes) -> bytes:
    """Returns the EXIF that Pillow wrote, with the right types."""
    order: Literal["little", "big"] = "little" if exif[:2] == b"II" else "big"
    typed = bytearray(exif)
    for at in _entries(exif, 4, order):
        tags = UNDEFINED_TAGS.get(int.from_bytes(exif[at : at + 2], order), frozenset())
        inner = _entries(exif, at + 8, order) if tags else ()
        for each in inner:
            tag, kind = (int.from_bytes(exif[each + start : each + start + 2], order) for start in (0, 2))
            if tag in tags and kind == BYTE:
                typed[each + 2 : each + 4] = UNDEFINED.to_bytes(2, order)
    return bytes(typed)


def _entries(exif: bytes, pointer: int, order: Literal["little", "big"]) -> Iterator[int]:
    """Yields the offsets of entries in the directory whose offset is at `pointer`."""
    start = int.from_bytes(exif[pointer : pointer + 4], order)
    count = int.from_bytes(exif[start : start + 2], order)
    places = (start + 2 + number * ENTRY_BYTES for number in range(count))
    return takewhile(lambda at: at + ENTRY_BYTES <= len(exif), places)
