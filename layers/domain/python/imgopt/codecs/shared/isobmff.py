"""Parses the boxes of AVIF and HEIC files (ISO/IEC 14496-12, 23008-12)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import BinaryIO

from imgopt.codecs.shared import av1
from imgopt.errors import InvalidImage

MOST_METADATA = 1 << 24
# libheif accepts 1,000 items, browsers' decoders fewer; a grid of 100 megapixels in 256 px tiles has 1,600.
MOST_ITEMS = 4096
# The number of boxes at one level; of extents of all items, and of properties of all items.
MOST_BOXES, MOST_ENTRIES = 8192, 32_768
WIDTHS = frozenset({0, 4, 8})
# A derived item of ISO 21496-1 (ISO/IEC 23008-12, 6.6.2.4), and the auxiliary image that iPhones write.
TONE_MAP = b"tmap"
GAIN_MAPS = frozenset({b"urn:com:apple:photo:2020:aux:hdrgainmap", b"urn:iso:std:iso:ts:21496:-1"})
# The construction method of an item (14496-12, 8.11.3.3); 2 is inside another item.
IN_FILE, IN_IDAT = 0, 1
ALPHA = frozenset({b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1"})


@dataclass(frozen=True)
class Box:
    """`end` is the declared end, which may be behind the end of the data."""

    kind: bytes
    start: int
    end: int


@dataclass
class Items:
    """The items of a file by id: their types, properties, and extents (offset, length) in the file.

    `stored` are extents in the box `idat`. `references` are (type, from item, to items).
    """

    primary: int = 0
    kinds: dict[int, bytes] = field(default_factory=dict)
    properties: dict[int, list[tuple[bytes, bytes]]] = field(default_factory=dict)
    extents: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    stored: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    references: list[tuple[bytes, int, tuple[int, ...]]] = field(default_factory=list)

    def av1_images(self) -> list[int]:
        return [item for item, kind in self.kinds.items() if kind == b"av01" and self.extents.get(item)]


def has_alpha(file: BinaryIO) -> bool:
    """Returns whether any image is the alpha of another (ISO/IEC 23000-22, 7.3.5.2; ISO/IEC 23008-12, B.2.5)."""
    properties = chain.from_iterable(read_items(file).properties.values())
    return any(kind == b"auxC" and data[4:].split(b"\0")[0] in ALPHA for kind, data in properties)


def has_gain_map(file: BinaryIO) -> bool:
    """Returns whether there is a gain map: a derived item, or Apple's auxiliary image."""
    items = read_items(file)
    properties = chain.from_iterable(items.properties.values())
    auxiliary = (data[4:].split(b"\0")[0] for kind, data in properties if kind == b"auxC")
    return TONE_MAP in items.kinds.values() or not GAIN_MAPS.isdisjoint(auxiliary)


def av1_heads(file: BinaryIO, items: Items) -> Iterator[bytes]:
    """Yields the beginning of each AV1 bitstream, with its sequence header; the primary image's comes first."""
    images = sorted(items.av1_images(), key=lambda item: item != items.primary)
    for offset, length in dict.fromkeys(items.extents[item][0] for item in images):
        file.seek(offset)
        yield file.read(min(length or av1.ENOUGH_BYTES, av1.ENOUGH_BYTES))


def read_items(file: BinaryIO) -> Items:
    """Parses the items. Raises InvalidImage where boxes are truncated, contradictory, or too many."""
    try:
        return _read_meta(find_box(file, b"meta") or b"")
    except (struct.error, IndexError, KeyError) as error:
        raise InvalidImage("The file's structure is damaged.") from error


def find_box(file: BinaryIO, wanted: bytes) -> bytes | None:
    """Returns the content of a top-level box; None without one. All boxes must be complete."""
    content = None
    for box in top_boxes(file):
        if box.kind == wanted and box.end - box.start <= MOST_METADATA:
            file.seek(box.start)
            content = file.read(box.end - box.start)
    return content


def top_boxes(file: BinaryIO) -> Iterator[Box]:
    """Yields the top-level boxes. Raises InvalidImage where one is truncated."""
    size, position, number = file.seek(0, 2), 0, 0
    while position + 8 <= size:
        number = check_count(number + 1, MOST_BOXES)
        file.seek(position)
        box = _parse_box(file.read(16), position, size)
        if box.end > size:
            raise InvalidImage("The file is truncated.")
        yield box
        position = box.end


def boxes_between(data: bytes, start: int, end: int) -> Iterator[Box]:
    """Yields the boxes inside another one. Raises InvalidImage where one is truncated."""
    number = 0
    while start + 8 <= end:
        number = check_count(number + 1, MOST_BOXES)
        box = _parse_box(data[start : start + 16], start, end)
        if box.end > end:
            raise InvalidImage("The file's structure is damaged.")
        yield box
        start = box.end


def _parse_box(head: bytes, position: int, limit: int) -> Box:
    length, kind = struct.unpack_from(">I4s", head)
    if length == 1:
        return Box(kind, position + 16, position + max(16, struct.unpack_from(">Q", head, 8)[0]))
    return Box(kind, position + 8, position + max(8, length) if length else limit)


def boxes(data: bytes, position: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """Yields the types and contents of the boxes inside another one, from a position on."""
    number = 0
    while position + 8 <= len(data):
        number = check_count(number + 1, MOST_BOXES)
        box = _parse_box(data[position : position + 16], position, len(data))
        if box.end > len(data):
            raise InvalidImage("The file's structure is damaged.")
        yield box.kind, data[box.start : box.end]
        position = box.end


def check_count(number: int, most: int) -> int:
    if number > most:
        raise InvalidImage("The file's structure is damaged: it lists more than an image can have.")
    return number


def _read_meta(meta: bytes) -> Items:
    items = Items()
    for kind, data in boxes(meta, 4):
        if kind == b"pitm":
            items.primary = int.from_bytes(data[4:6] if data[0] == 0 else data[4:8])
        elif kind == b"iinf":
            items.kinds = dict(_read_kinds(data))
        elif kind == b"iloc":
            places = list(read_locations(data))
            items.extents = {item: extents if method == IN_FILE else [] for item, method, extents in places}
            items.stored = {item: extents for item, method, extents in places if method == IN_IDAT}
        elif kind == b"iprp":
            items.properties = _read_properties(data)
        elif kind == b"iref":
            items.references = list(_read_references(data))
    return items


def _read_kinds(iinf: bytes) -> Iterator[tuple[int, bytes]]:
    for number, (_, entry) in enumerate(boxes(iinf, 6 if iinf[0] == 0 else 8), 1):
        check_count(number, MOST_ITEMS)
        wide = entry[0] >= 3
        item = int.from_bytes(entry[4:8] if wide else entry[4:6])
        at = 10 if wide else 8
        yield item, entry[at : at + 4]


def _read_references(iref: bytes) -> Iterator[tuple[bytes, int, tuple[int, ...]]]:
    width, left = 4 if iref[0] else 2, MOST_ENTRIES
    for kind, data in boxes(iref, 4):
        stream = _Numbers(data, 0)
        item, count = stream.read(width), check_count(stream.read(2), left)
        left -= count
        yield kind, item, tuple(stream.read(width) for _ in range(count))


def read_locations(iloc: bytes) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Yields each item, its construction method, and its extents (offset, length)."""
    version, sizes = iloc[0], int.from_bytes(iloc[4:6])
    widths = [sizes >> shift & 15 for shift in (12, 8, 4, 0)]
    if not version:
        widths[3] = 0
    if not WIDTHS.issuperset(widths):
        raise InvalidImage("The file's structure is damaged.")
    stream, left = _Numbers(iloc, 6), MOST_ENTRIES
    for _ in range(check_count(stream.read(4 if version == 2 else 2), MOST_ITEMS)):
        item = stream.read(4 if version == 2 else 2)
        method = stream.read(2) & 15 if version else 0
        stream.read(2)
        extents = _read_extents(stream, widths, left)
        left -= len(extents)
        yield item, method, extents


def _read_extents(stream: "_Numbers", widths: list[int], most: int) -> list[tuple[int, int]]:
    """Reads extents. `widths` are the bytes of an offset, a length, the base offset, and an index."""
    offset, length, base, index = widths
    start, count = stream.read(base), check_count(stream.read(2), most)
    if not offset + length + index:  # they take no bytes, so that the file's length doesn't limit their number
        check_count(count, 1)
    stream.check(count * (offset + length + index))
    return [(start + stream.read(offset, skip=index), stream.read(length)) for _ in range(count)]


def _read_properties(iprp: bytes) -> dict[int, list[tuple[bytes, bytes]]]:
    parts = list(boxes(iprp))
    known = [each for kind, data in parts if kind == b"ipco" for each in boxes(data)]
    found: dict[int, list[tuple[bytes, bytes]]] = {}
    tables = (data for kind, data in parts if kind == b"ipma")
    for number, (item, index) in enumerate(chain.from_iterable(map(_read_associations, tables)), 1):
        check_count(number, MOST_ENTRIES)
        found.setdefault(item, []).append(known[index - 1])
    return found


def _read_associations(ipma: bytes) -> Iterator[tuple[int, int]]:
    wide = ipma[3] & 1
    stream = _Numbers(ipma, 4)
    for _ in range(check_count(stream.read(4), MOST_ITEMS)):
        item = stream.read(2 if ipma[0] == 0 else 4)
        for _ in range(stream.read(1)):
            index = stream.read(2) & 0x7FFF if wide else stream.read(1) & 0x7F
            if index:
                yield item, index


def check_extents(items: Items, size: int) -> None:
    if any(offset + length > size for extents in items.extents.values() for offset, length in extents):
        raise InvalidImage("The file is truncated.")


class _Numbers:
    """Reads big-endian numbers in sequence."""

    def __init__(self, data: bytes, position: int) -> None:
        self.data, self.position = data, position

    def read(self, width: int, *, skip: int = 0) -> int:
        start = self.position + skip
        self.check(skip + width)
        self.position = start + width
        return int.from_bytes(self.data[start : self.position])

    def check(self, length: int) -> None:
        """Raises IndexError where fewer bytes are left."""
        if self.position + length > len(self.data):
            raise IndexError(self.position)
