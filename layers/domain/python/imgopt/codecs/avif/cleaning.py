"""AVIF without metadata. Boxes count bytes from the start of the file: what is taken out is overwritten instead."""

from collections.abc import Iterator
from io import BytesIO

from imgopt.codecs.shared.encoding import Metadata
from imgopt.codecs.shared.isobmff import Box, boxes_between, read_items
from imgopt.errors import InvalidImage

# What pictures and animations need, by the box that it stands in (ISO/IEC 23008-12, 6 and 9.3; 14496-12, 8).
FILE = b""
NEEDED_BOXES = {
    FILE: frozenset({b"ftyp", b"meta", b"mdat", b"moov"}),
    b"meta": frozenset({b"hdlr", b"pitm", b"iinf", b"iloc", b"iprp", b"iref", b"idat", b"dinf", b"grpl"}),
    b"iprp": frozenset({b"ipco", b"ipma"}),
    b"moov": frozenset({b"mvhd", b"trak"}),
    b"trak": frozenset({b"tkhd", b"tref", b"edts", b"mdia"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf"}),
    b"minf": frozenset({b"vmhd", b"nmhd", b"hdlr", b"dinf", b"stbl"}),
}
# Properties are counted, and what they mean is open: these are words, or anyone's own.
PROPERTIES, PRIVATE_PROPERTIES = b"ipco", frozenset({b"udes", b"uuid", b"free", b"skip"})
FLAGS_BYTES = {b"meta": 4}
PICTURES = frozenset({b"av01", b"grid", b"iovl", b"iden", b"tmap", b"sato"})
FREE = b"free"


def clean(data: bytes, kept: Metadata) -> bytes | None:
    """The same pixels without metadata; None where some is to be kept in place of other, or it isn't known where it is.

    Raises InvalidImage where the items are damaged.
    """
    extents = metadata_extents(data)
    if extents is None or ((kept.exif or kept.xmp) and extents):
        return None
    try:
        unknown = list(_unknown_boxes(data, FILE, 0, len(data)))
    except InvalidImage:
        return None
    cleaned = bytearray(data)
    for box in unknown:
        named = data.rindex(box.kind, 0, box.start)  # a long box has its length between
        cleaned[named : named + len(FREE)] = FREE
        extents.append((box.start, box.end - box.start))
    _overwrite(cleaned, extents)
    return bytes(cleaned)


def metadata_extents(data: bytes) -> list[tuple[int, int]] | None:
    """Where EXIF, XMP and whatever else is no picture lie: offsets and lengths. None where one lies among pictures."""
    items = read_items(BytesIO(data))
    found = [items.extents.get(item, []) for item, kind in items.kinds.items() if kind not in PICTURES]
    return [extent for extents in found for extent in extents] if all(found) else None


def _unknown_boxes(data: bytes, parent: bytes, start: int, end: int) -> Iterator[Box]:
    """Those that no picture needs, such as C2PA's, at any level."""
    for box in boxes_between(data, start + FLAGS_BYTES.get(parent, 0), end):
        if box.kind in PRIVATE_PROPERTIES if parent == PROPERTIES else box.kind not in NEEDED_BOXES[parent]:
            yield box
        elif parent != PROPERTIES and (box.kind == PROPERTIES or box.kind in NEEDED_BOXES):
            yield from _unknown_boxes(data, box.kind, box.start, box.end)


def _overwrite(cleaned: bytearray, extents: list[tuple[int, int]]) -> None:
    done = 0
    for offset, length in sorted(extents):
        start, end = max(offset, done), min(offset + length, len(cleaned))
        cleaned[start:end] = bytes(max(0, end - start))
        done = max(done, end)
