"""The tags of a TIFF file's first page (TIFF revision 6.0), read without a decoder: no reader knows every depth."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from imgopt.errors import InvalidImage

WIDTH, HEIGHT, ORIENTATION, RESOLUTION, UNIT = 256, 257, 274, 282, 296
# Where the pixels are, in strips or tiles: their offsets and their lengths.
PARTS = ((273, 279), (324, 325))
WANTED = frozenset({WIDTH, HEIGHT, ORIENTATION, RESOLUTION, UNIT, *PARTS[0], *PARTS[1]})
# Letters of `struct` for the types that these tags may have, and how many: BYTE, SHORT, LONG, RATIONAL.
TYPES = {1: ("B", 1), 3: ("H", 1), 4: ("I", 1), 5: ("I", 2)}
CENTIMETRE, CENTIMETRES_PER_INCH = 3, 2.54
MOST_PARTS = 1 << 20

Tags = dict[int, tuple[int, ...]]
# Type, number of values, and the values or where they are.
Entry = tuple[int, int, bytes]


@dataclass(frozen=True)
class Page:
    """`orientation` is 1-8 as in EXIF; `dpi` is None where the file doesn't state it."""

    width: int
    height: int
    orientation: int
    dpi: int | None


def read_page(file: BinaryIO) -> Page:
    """Raises InvalidImage where tags are damaged or missing, or pixels lie behind the end of the file."""
    try:
        tags = _read_tags(file)
        page = Page(tags[WIDTH][0], tags[HEIGHT][0], tags.get(ORIENTATION, (1,))[0], _dpi(tags))
    except (struct.error, LookupError) as error:
        raise InvalidImage("The TIFF file is damaged.") from error
    _check_parts(tags, file.seek(0, 2))
    if not page.width or not page.height:
        raise InvalidImage("The TIFF file holds no image.")
    return page


def _read_tags(file: BinaryIO) -> Tags:
    """Each tag once, by the first entry that names it: others count for nothing, and are not read."""
    file.seek(0)
    order = "<" if file.read(2) == b"II" else ">"
    file.seek(struct.unpack(f"{order}2xI", file.read(6))[0])
    (count,) = struct.unpack(f"{order}H", file.read(2))
    directory = file.read(12 * count)
    if len(directory) < 12 * count:
        raise InvalidImage("The TIFF file is truncated.")
    found: dict[int, Entry] = {}
    for tag, *entry in struct.iter_unpack(f"{order}HHI4s", directory):
        if tag in WANTED:
            found.setdefault(tag, (*entry,))
    return {tag: _values(file, entry, order) for tag, entry in found.items()}


def _values(file: BinaryIO, entry: Entry, order: str) -> tuple[int, ...]:
    kind, count, value = entry
    letter, each = TYPES[kind]
    layout = struct.Struct(f"{order}{min(count, MOST_PARTS) * each}{letter}")
    if layout.size <= len(value):
        return layout.unpack_from(value)
    file.seek(struct.unpack(f"{order}I", value)[0])
    return layout.unpack(file.read(layout.size))


def _dpi(tags: Tags) -> int | None:
    resolution = tags.get(RESOLUTION, ())
    if len(resolution) < 2 or not resolution[1]:
        return None
    per_unit = resolution[0] / resolution[1]
    centimetres = tags.get(UNIT, ())[:1] == (CENTIMETRE,)
    return round(per_unit * CENTIMETRES_PER_INCH if centimetres else per_unit) or None


def _check_parts(tags: Tags, size: int) -> None:
    for offsets, lengths in PARTS:
        places = zip(tags.get(offsets, ()), tags.get(lengths, ()), strict=False)
        if any(offset + length > size for offset, length in places):
            raise InvalidImage("The TIFF file is truncated.")
