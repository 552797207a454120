"""Removes metadata from AVIF. Boxes refer to offsets in the file, so that metadata are overwritten instead of
cut out.
"""

from collections.abc import Iterator
from io import BytesIO

from imgopt.codecs.avif.insertion import write_xmp
from imgopt.codecs.avif.needed import FILE, FLAGS_BYTES, FREE_TEXTS, NEEDED_BOXES
from imgopt.codecs.avif.payload import Extent, unneeded_extents
from imgopt.codecs.shared.encoding import Metadata
from imgopt.codecs.shared.isobmff import Box, boxes_between, read_items
from imgopt.codecs.shared.matrix_profile import has_stated_size
from imgopt.codecs.shared.metadata import only_turns
from imgopt.errors import InvalidImage

FREE = b"free"
PROFILES = (b"prof", b"rICC")


def clean(data: bytes, kept: Metadata) -> bytes | None:
    """Returns the same pixels with only these metadata. None where EXIF must be kept, or the purpose of some bytes is
    unknown.

    Raises InvalidImage where the items are damaged.
    """
    has_exif = kept.exif and not only_turns(kept.exif)  # boxes turn the picture, and these stay
    cleaned = None if has_exif or _has_odd_profile(data) else _blank(data)
    return write_xmp(cleaned, kept.xmp) if cleaned and kept.xmp else cleaned


def _blank(data: bytes) -> bytes | None:
    try:
        extents = unneeded_extents(data)
        unknown = list(_unknown_boxes(data, FILE, 0, len(data)))
        texts = list(_texts(data, FILE, 0, len(data)))
    except InvalidImage:
        return None
    if extents is None:
        return None
    cleaned = bytearray(data)
    for box in unknown:
        named = data.rindex(box.kind, 0, box.start)  # a large box has its length between type and content
        cleaned[named : named + len(FREE)] = FREE
        extents.append((box.start, box.end - box.start))
    _overwrite(cleaned, extents + texts)
    return bytes(cleaned)


def _has_odd_profile(data: bytes) -> bool:
    """Returns whether data follow a profile that the colours need."""
    properties = {each for found in read_items(BytesIO(data)).properties.values() for each in found}
    profiles = [content[4:] for kind, content in properties if kind == b"colr" and content[:4] in PROFILES]
    return not all(map(has_stated_size, profiles))


def _unknown_boxes(data: bytes, parent: bytes, start: int, end: int) -> Iterator[Box]:
    """Yields the boxes, at any level, that no picture needs, such as C2PA's."""
    for box in boxes_between(data, start + FLAGS_BYTES.get(parent, 0), end):
        if NEEDED_BOXES[parent] and box.kind not in NEEDED_BOXES[parent]:
            yield box
        elif box.kind in NEEDED_BOXES:
            yield from _unknown_boxes(data, box.kind, box.start, box.end)


def _texts(data: bytes, parent: bytes, start: int, end: int) -> Iterator[Extent]:
    """Yields names and times inside of needed boxes."""
    for box in boxes_between(data, start + FLAGS_BYTES.get(parent, 0), end):
        if box.kind in FREE_TEXTS:
            for first, last in FREE_TEXTS[box.kind](data[box.start : box.end]):
                yield box.start + first, last - first
        if box.kind in NEEDED_BOXES and box.kind in (NEEDED_BOXES[parent] or {box.kind}):
            yield from _texts(data, box.kind, box.start, box.end)


def _overwrite(cleaned: bytearray, extents: list[Extent]) -> None:
    done = 0
    for offset, length in sorted(extents):
        start, end = max(offset, done), min(offset + length, len(cleaned))
        cleaned[start:end] = bytes(max(0, end - start))
        done = max(done, end)
