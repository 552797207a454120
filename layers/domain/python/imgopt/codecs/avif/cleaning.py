"""AVIF without metadata. Boxes count bytes from the start of the file: what is taken out is overwritten instead."""

from io import BytesIO

from imgopt.codecs.shared.encoding import Metadata
from imgopt.codecs.shared.isobmff import Box, read_items, top_boxes

# ISO/IEC 23008-12, 6 and 9.3: pictures, what they are put together from, and animations' samples.
NEEDED_BOXES = frozenset({b"ftyp", b"meta", b"mdat", b"moov"})
PICTURES = frozenset({b"av01", b"grid", b"iovl", b"iden", b"tmap", b"sato"})
FREE = b"free"


def clean(data: bytes, kept: Metadata) -> bytes | None:
    """The same pixels without metadata; None where some is to be kept in place of other."""
    extents = metadata_extents(data)
    if (kept.exif or kept.xmp) and extents:
        return None
    cleaned = bytearray(data)
    for box in _unknown_boxes(data):
        named = data.rindex(box.kind, 0, box.start)  # a long box has its length between
        cleaned[named : named + len(FREE)] = FREE
        extents.append((box.start, box.end - box.start))
    _overwrite(cleaned, extents)
    return bytes(cleaned)


def metadata_extents(data: bytes) -> list[tuple[int, int]]:
    """Where EXIF, XMP and whatever else is no picture lie: offsets and lengths."""
    items = read_items(BytesIO(data))
    others = (item for item, kind in items.kinds.items() if kind not in PICTURES)
    return [extent for item in others for extent in items.extents.get(item, [])]


def _unknown_boxes(data: bytes) -> list[Box]:
    """Those that no picture needs, such as C2PA's."""
    return [box for box in top_boxes(BytesIO(data)) if box.kind not in NEEDED_BOXES]


def _overwrite(cleaned: bytearray, extents: list[tuple[int, int]]) -> None:
    done = 0
    for offset, length in sorted(extents):
        start, end = max(offset, done), min(offset + length, len(cleaned))
        cleaned[start:end] = bytes(max(0, end - start))
        done = max(done, end)
