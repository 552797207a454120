"""Adds EXIF and XMP to a finished AVIF: as items in its meta boxes, with their bytes at the end of the file.

Offsets of other bytes are corrected (ISO/IEC 14496-12, 8.11; 23008-12, 6.5 and 8.4). Picture tracks get the same items,
because some readers only look there.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate

from imgopt.codecs.avif.pieces import DATA, HEAD_BYTES, NO_GAP, Gap, cut_box, find_gap
from imgopt.codecs.shared.encoding import Metadata
from imgopt.codecs.shared.isobmff import (
    IN_FILE,
    IN_IDAT,
    boxes,
    boxes_between,
    find_box,
    read_items,
    read_locations,
    top_boxes,
)
from imgopt.codecs.shared.isobmff_embedded import MIME, XMP_TYPE, find_xmp_item
from imgopt.errors import InvalidImage

META, TRACK = b"meta", b"trak"
# The nesting of boxes from the movie to the sample table.
SAMPLE_TABLE_PATH = (b"moov", TRACK, b"mdia", b"minf", b"stbl")
OFFSETS = {b"stco": "I", b"co64": "Q"}
FULL_BOX, PICTURES = 4, b"pict"
HANDLER = bytes(4) + bytes(4) + PICTURES + bytes(13)

# An item, its construction method, and its extents (offset, length).
ItemPlace = tuple[int, int, list[tuple[int, int]]]


@dataclass(frozen=True)
class ItemToAdd:
    """An item to add: its kind, its MIME type where the kind is `mime`, and its bytes."""

    kind: bytes
    type: bytes
    data: bytes


@dataclass(frozen=True)
class Places:
    """The new offset of each byte of a file: what begins at `starts` is moved by `shifts`; the new items begin at
    `appended`.
    """

    starts: Sequence[int] = (0,)
    shifts: Sequence[int] = (0,)
    appended: int = 0

    def of(self, offset: int) -> int:
        return offset + self.shifts[max(0, bisect_right(self.starts, offset) - 1)]


def insert(data: bytes, metadata: Metadata) -> bytes:
    """Adds metadata to a file of this service that has none."""
    words = [ItemToAdd(b"Exif", b"", bytes(4) + metadata.exif.removeprefix(b"Exif\0\0"))] if metadata.exif else []
    words += [ItemToAdd(MIME, XMP_TYPE, metadata.xmp)] if metadata.xmp else []
    return (_add(data, words) or data) if words else data


def write_xmp(data: bytes, packet: bytes) -> bytes | None:
    """Replaces the XMP packet. Returns None where the layout of the file isn't supported."""
    words = [ItemToAdd(MIME, XMP_TYPE, packet)]
    try:
        item = find_xmp_item(find_box(BytesIO(data), META) or b"")
        located = read_items(BytesIO(data)).extents
        extents = located.pop(item, []) if item is not None else []
        gap = find_gap(data, extents, [each for rest in located.values() for each in rest])
        return _add(data, words, gap) if gap != NO_GAP else _add(_without_packet(data, extents), words)
    except InvalidImage:
        return None


def _without_packet(data: bytes, extents: list[tuple[int, int]]) -> bytes:
    """Removes the old packet: cuts it off where it is a box of its own at the end, and blanks it elsewhere."""
    last = list(top_boxes(BytesIO(data)))[-1]
    if sum(length for _, length in extents) > len(data):
        raise InvalidImage("An XMP packet is longer than its file.")
    if extents == [(last.start, last.end - last.start)]:
        return data[: last.start - 8]
    blank = bytearray(data)
    for offset, length in extents:
        blank[offset : offset + length] = bytes(len(blank[offset : offset + length]))
    return bytes(blank) if extents else data


def _add(data: bytes, words: Sequence[ItemToAdd], gap: Gap = NO_GAP) -> bytes | None:
    try:
        pieces = [piece for start, end in _ranges(data) for piece in cut_box(data, start, end, gap)]
        longer = [_rewrite(each.data, words, Places()) if each.is_box else each.data for each in pieces]
        shifts = accumulate(len(new) - (old.end - old.start) for new, old in zip(longer, pieces, strict=True))
        end = sum(map(len, longer))
        places = Places([each.start for each in pieces], [0, *shifts], end + HEAD_BYTES)
        moved = [_rewrite(each.data, words, places) if each.is_box else each.data for each in pieces]
    except (InvalidImage, struct.error, IndexError, KeyError):
        return None
    return b"".join((*moved, _box(DATA, b"".join(word.data for word in words))))


def _ranges(data: bytes) -> Iterator[tuple[int, int]]:
    """Yields the boxes of a file with their headers. Raises InvalidImage where the last one has no length."""
    start = 0
    for box in boxes_between(data, 0, len(data)):
        if data[start : start + 4] == bytes(4):
            raise InvalidImage("A box without a length must be the last one.")
        yield start, box.end
        start = box.end
    if start != len(data):
        raise InvalidImage("There are bytes behind the last box.")


def _rewrite(box: bytes, words: Sequence[ItemToAdd], places: Places, depth: int = 0) -> bytes:
    """Rewrites a box of the file or of a movie with corrected offsets and the new items."""
    kind, head = box[4:8], 16 if box[:4] == b"\0\0\0\1" else 8
    if kind == META:
        return _describe(box[head:], words, places)
    if kind in OFFSETS:
        return _box(kind, _move_chunks(box[head:], OFFSETS[kind], places))
    if kind not in SAMPLE_TABLE_PATH[depth : depth + 1]:
        return box
    content = box[head:]
    inner = [content[start:end] for start, end in _ranges(content)]
    written = [_rewrite(each, words, places, depth + 1) for each in inner]
    if kind == TRACK and _shows_pictures(content) and not any(each[4:8] == META for each in inner):
        written.append(_describe(bytes(FULL_BOX) + _box(b"hdlr", HANDLER), words, places))
    return _box(kind, b"".join(written))


def _shows_pictures(track: bytes) -> bool:
    """Returns whether a track has pictures. Alpha tracks have another handler."""
    media = next((content for kind, content in boxes(track) if kind == b"mdia"), b"")
    handler = next((content for kind, content in boxes(media) if kind == b"hdlr"), b"")
    return handler[8:12] == PICTURES


def _move_chunks(content: bytes, letter: str, places: Places) -> bytes:
    (count,) = struct.unpack_from(">I", content, FULL_BOX)
    offsets = struct.unpack_from(f">{count}{letter}", content, FULL_BOX + 4)
    return content[: FULL_BOX + 4] + struct.pack(f">{count}{letter}", *map(places.of, offsets))


def _describe(meta: bytes, words: Sequence[ItemToAdd], places: Places) -> bytes:
    """Adds items to a meta box: their entries, their locations, and references to the primary picture."""
    found = dict(boxes(meta, FULL_BOX))
    located = list(read_locations(found[b"iloc"])) if b"iloc" in found else []
    known = find_xmp_item(meta)
    free = max((item for item, _, _ in located), default=0) + 1
    numbers = [known if word.kind == MIME and known is not None else free + at for at, word in enumerate(words)]
    added = [(number, word) for number, word in zip(numbers, words, strict=True) if number != known]
    replaced = {
        b"iinf": _list_items(found.get(b"iinf", bytes(6)), added),
        b"iloc": _locate(located, numbers, words, places),
    }
    if b"pitm" in found:
        replaced[b"iref"] = _refer(found.get(b"iref", bytes(4)), [number for number, _ in added], found[b"pitm"])
    kept = [_box(kind, replaced.pop(kind, content)) for kind, content in boxes(meta, FULL_BOX)]
    return _box(META, b"".join((meta[:FULL_BOX], *kept, *(_box(kind, replaced[kind]) for kind in replaced))))


def _list_items(iinf: bytes, added: Sequence[tuple[int, ItemToAdd]]) -> bytes:
    width = 2 if iinf[:1] == b"\0" else 4
    count, rest = int.from_bytes(iinf[4 : 4 + width]), iinf[4 + width :]
    entries = (_box(b"infe", _entry(number, word)) for number, word in added)
    return iinf[:4] + (count + len(added)).to_bytes(width) + rest + b"".join(entries)


def _entry(number: int, word: ItemToAdd) -> bytes:
    """Returns an entry of version 2: number, no protection, kind, empty name, and the MIME type if any."""
    return struct.pack(">IHH4s", 2 << 24, number, 0, word.kind) + b"\0" + (word.type + b"\0" if word.type else b"")


def _locate(located: Sequence[ItemPlace], numbers: Sequence[int], words: Sequence[ItemToAdd], places: Places) -> bytes:
    """Returns iloc of version 1, with offsets and lengths of 4 bytes."""
    starts = accumulate((len(word.data) for word in words), initial=places.appended)
    own = {number: (start, len(word.data)) for number, start, word in zip(numbers, starts, words, strict=False)}
    rows = [(item, method, extents) for item, method, extents in located if item not in own]
    _check_rows(rows)
    written = [_row(*row, places) for row in rows]
    written += [_row(number, IN_FILE, [extent], Places()) for number, extent in own.items()]
    return struct.pack(">IHH", 1 << 24, 0x4400, len(written)) + b"".join(written)


def _check_rows(rows: Sequence[ItemPlace]) -> None:
    """Raises InvalidImage for a length of 0, which would include the new items, and for items inside of items."""
    if any(method not in (IN_FILE, IN_IDAT) or not all(size for _, size in extents) for _, method, extents in rows):
        raise InvalidImage("Items inside of other items, or without a length, are not supported.")


def _row(item: int, method: int, extents: Sequence[tuple[int, int]], places: Places) -> bytes:
    """Raises struct.error for an item number of more than 2 bytes, or an offset of more than 4."""
    moved = [(places.of(at) if method == IN_FILE else at, size) for at, size in extents]
    numbers = (each for extent in moved for each in extent)
    return struct.pack(f">HHHH{2 * len(extents)}I", item, method, 0, len(extents), *numbers)


def _refer(iref: bytes, numbers: Sequence[int], pitm: bytes) -> bytes:
    """Adds `cdsc` references: an item describes another (23008-12, 6.5)."""
    primary = int.from_bytes(pitm[4:])
    letter = "H" if iref[:1] == b"\0" else "I"
    described = (_box(b"cdsc", struct.pack(f">{letter}H{letter}", number, 1, primary)) for number in numbers)
    return iref + b"".join(described)


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content
