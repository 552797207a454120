"""The tags of a TIFF file's first page (TIFF revision 6.0), read without a decoder: no reader knows every depth."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from imgopt.errors import InvalidImage

WIDTH, HEIGHT, ORIENTATION, RESOLUTION, UNIT = 256, 257, 274, 282, 296
# Where the pixels are, in strips or tiles: their offsets and their lengths.
PARTS = ((273, 279), (324, 325))
WANTED = frozenset({WIDTH, HEIGHT, ORIENTATION, RESOLUTION, UNIT, *PARTS[0], *PARTS[1]})
# Letters of `struct` for the types that these tags may have: BYTE, SHORT, LONG, RATIONAL as two numbers.
TYPES = {1: "B", 3: "H", 4: "I", 5: "II"}
CENTIMETRE, CENTIMETRES_PER_INCH = 3, 2.54
MOST_PARTS = 1 << 20

Tags = dict[int, tuple[int, ...]]


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
    file.seek(0)
    order = "<" if file.read(2) == b"II" else ">"
    file.seek(struct.unpack(f"{order}2xI", file.read(6))[0])
    (count,) = struct.unpack(f"{order}H", file.read(2))
    directory = file.read(12 * count)
    found = (directory[at : at + 12] for at in range(0, 12 * count, 12))
    return {tag: _values(file, entry, order) for entry in found if (tag := _tag(entry, order)) in WANTED}


def _tag(entry: bytes, order: str) -> int:
    return int(struct.unpack_from(f"{order}H", entry)[0])


def _values(file: BinaryIO, entry: bytes, order: str) -> tuple[int, ...]:
    kind, count = struct.unpack_from(f"{order}2xHI", entry)
    layout = struct.Struct(order + TYPES[kind] * min(count, MOST_PARTS))
    if layout.size <= 4:
        return layout.unpack_from(entry, 8)
    file.seek(struct.unpack_from(f"{order}I", entry, 8)[0])
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
