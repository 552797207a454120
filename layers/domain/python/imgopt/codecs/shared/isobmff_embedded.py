"""Reads XMP (an item) and detects C2PA manifests (a box) in AVIF and HEIC files."""

from contextlib import suppress
from typing import BinaryIO

from imgopt.codecs.shared.isobmff import boxes, find_box, read_items, top_boxes
from imgopt.codecs.shared.metadata import LONGEST_KEPT
from imgopt.codecs.shared.provenance import Embedded
from imgopt.errors import InvalidImage

MIME, XMP_TYPE = b"mime", b"application/rdf+xml"
# The UUID of C2PA's box (C2PA 2.2, annex A).
UUID, MANIFEST = b"uuid", bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def read_embedded(file: BinaryIO) -> Embedded:
    """Reads embedded data. Damaged ones count as missing: they were reported before, or the picture doesn't
    need them.
    """
    with suppress(InvalidImage):
        return Embedded(_read_xmp(file), any(box.kind == UUID and _begins(file, box.start) for box in top_boxes(file)))
    return Embedded()


def _begins(file: BinaryIO, start: int) -> bool:
    file.seek(start)
    return file.read(len(MANIFEST)) == MANIFEST


def _read_xmp(file: BinaryIO) -> bytes:
    """Returns the first XMP item whose bytes are in the file itself."""
    meta = find_box(file, b"meta") or b""
    item = find_xmp_item(meta)
    extents = read_items(file).extents.get(item, []) if item is not None else []
    if sum(length for _, length in extents) > LONGEST_KEPT:
        return b""
    return b"".join(_read(file, *each) for each in extents)


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)


def find_xmp_item(meta: bytes) -> int | None:
    """Returns the id of the XMP item in the item entries (`infe`; ISO/IEC 14496-12, 8.11.6)."""
    for kind, iinf in boxes(meta, 4):
        if kind == b"iinf":
            found = (_read_entry(entry) for _, entry in boxes(iinf, 6 if iinf[:1] == b"\0" else 8))
            return next((item for item, is_xmp in found if is_xmp), None)
    return None


def _read_entry(entry: bytes) -> tuple[int, bool]:
    """Returns the item's id, and whether it is XMP. Version, id, protection and type precede name and MIME type."""
    wide = entry[:1] >= b"\3"
    at = 10 if wide else 8
    words = entry[at + 4 :].split(b"\0")
    is_xmp = entry[at : at + 4] == MIME and words[1:2] == [XMP_TYPE]
    return int.from_bytes(entry[4:8] if wide else entry[4:6]), is_xmp
