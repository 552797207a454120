"""Parses directories of a TIFF file (TIFF 6.0, section 2, and BigTIFF) without a decoder.

No decoder supports every kind of TIFF, and the kind must be known before decoding.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO

from imgopt.errors import InvalidImage

# `struct` letters of entry types, and the numbers of letters per value.
TYPES = {
    **{1: ("B", 1), 2: ("s", 1), 3: ("H", 1), 4: ("I", 1), 5: ("I", 2), 6: ("b", 1), 7: ("s", 1), 8: ("h", 1)},
    **{9: ("i", 1), 10: ("i", 2), 11: ("f", 1), 12: ("d", 1), 13: ("I", 1), 16: ("Q", 1), 17: ("q", 1), 18: ("Q", 1)},
}
# The version after the byte order that marks files with 8-byte offsets.
BIG = 43
# The most values of one entry, such as the offsets of a page's strips. Further ones count as truncated.
MOST_VALUES = 1 << 20
# The most directories and entries of a file that are read: cameras write up to ten directories, and scans may have
# thousands of pages.
MOST_DIRECTORIES, MOST_ENTRIES = 64, 1 << 16
CHILDREN = 330
CUT_OFF = "The TIFF file is truncated."

Values = tuple[int, ...]
# Type, number of values, and the values or their offset.
Entry = tuple[int, int, bytes]


@dataclass(frozen=True)
class Layout:
    """The byte order as in `struct`, and the formats of a directory's parts."""

    order: str
    big: bool

    @property
    def count(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.big else "H"))

    @property
    def entry(self) -> struct.Struct:
        return struct.Struct(self.order + ("HHQ8s" if self.big else "HHI4s"))

    @property
    def offset(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.big else "I"))


@dataclass(frozen=True)
class Directory:
    """A directory: its offset, that of the next one, and the first entry of each tag. Repeated tags are ignored.

    `size` is the number of all entries.
    """

    offset: int
    following: int
    size: int
    layout: Layout
    entries: dict[int, Entry] = field(repr=False)

    def __contains__(self, tag: int) -> bool:
        return tag in self.entries


def read_start(file: BinaryIO) -> tuple[Layout, int, int]:
    """Returns the layout, the magic number, and the offset of the first directory. Raises InvalidImage where there is
    none.
    """
    file.seek(0)
    head = file.read(16)
    order = "<" if head.startswith(b"II") else ">"
    try:
        magic, first = struct.unpack_from(f"{order}2xHI", head)
        layout = Layout(order, magic == BIG)
        if layout.big:
            (first,) = struct.unpack_from(f"{order}8xQ", head)
    except struct.error as error:
        raise InvalidImage(CUT_OFF) from error
    return layout, magic, first


def read_directories(file: BinaryIO, layout: Layout, first: int) -> tuple[list[Directory], list[Directory]]:
    """Returns the directories of the pages in order, and those that pages refer to (SubIFDs).

    Damaged ones behind the first are left out, and those beyond the limits. Raises InvalidImage where the first is
    damaged.
    """
    pages = list(_take_some(_follow(file, layout, first)))
    children = (each for page in pages for each in _read_children(file, page))
    return pages, list(_take_some(children))


def _follow(file: BinaryIO, layout: Layout, first: int) -> Iterator[Directory]:
    yield (found := read_directory(file, layout, first))
    with suppress(InvalidImage):
        while found.following:
            yield (found := read_directory(file, layout, found.following))


def _read_children(file: BinaryIO, page: Directory) -> Iterator[Directory]:
    with suppress(InvalidImage):
        for offset in read_values(file, page, CHILDREN, MOST_DIRECTORIES):
            yield read_directory(file, page.layout, offset)


def _take_some(directories: Iterator[Directory]) -> Iterator[Directory]:
    """Yields each directory once, up to the limits: directories may overlap, or refer to each other in a circle."""
    seen: set[int] = set()
    entries = 0
    for each in directories:
        entries += each.size
        if each.offset in seen or len(seen) == MOST_DIRECTORIES or (seen and entries > MOST_ENTRIES):
            return
        seen.add(each.offset)
        yield each


def read_directory(file: BinaryIO, layout: Layout, offset: int) -> Directory:
    """Parses a directory. Raises InvalidImage where it is truncated or empty."""
    try:
        file.seek(offset)
        (count,) = layout.count.unpack(file.read(layout.count.size))
        each = layout.entry
        if not count or count > 0xFFFF:
            raise InvalidImage("The TIFF file is damaged.")
        body = file.read(each.size * count)
        entries: dict[int, Entry] = {}
        for tag, *entry in each.iter_unpack(body):
            entries.setdefault(tag, (*entry,))
        if len(body) < each.size * count:
            raise InvalidImage(CUT_OFF)
        following = file.read(layout.offset.size)
    except (struct.error, ValueError, OverflowError) as error:
        raise InvalidImage(CUT_OFF) from error
    at = layout.offset.unpack(following)[0] if len(following) == layout.offset.size else 0
    return Directory(offset, at, count, layout, entries)


def read_values(file: BinaryIO, directory: Directory, tag: int, most: int = 8) -> Values:
    """Returns the first values of a tag; none where it is missing. Texts and bytes are returned as numbers.

    Raises InvalidImage where the values are behind the end of the file.
    """
    if tag not in directory.entries:
        return ()
    kind, count, inline = directory.entries[tag]
    letter, each = TYPES.get(kind, ("s", 1))
    layout = struct.Struct(f"{directory.layout.order}{min(count, most) * each}{letter}")
    try:
        stored = struct.calcsize(f"{directory.layout.order}{each}{letter}") * count
        if stored > len(inline):
            file.seek(directory.layout.offset.unpack(inline)[0])
            inline = file.read(layout.size)
        values = layout.unpack_from(inline)
    except (struct.error, ValueError, OverflowError) as error:
        raise InvalidImage(CUT_OFF) from error
    return tuple(values[0]) if letter == "s" else values


def read_value(file: BinaryIO, directory: Directory, tag: int, default: int) -> int:
    """Returns the first value of a numeric tag."""
    values = read_values(file, directory, tag, 1)
    return int(values[0]) if values else default
