"""Reads and writes XMP boxes of a finished JPEG XL file, and detects C2PA manifests."""

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from imgopt.codecs.jxl.container import (
    CONTAINER,
    PACKED,
    PART,
    RECONSTRUCTION,
    TYPE,
    WHOLE,
    XMP,
    JxlFile,
    make_box,
    read_file,
    write_boxes,
)
from imgopt.codecs.jxl.image_header import SIGNATURE
from imgopt.codecs.shared.isobmff import top_boxes
from imgopt.codecs.shared.provenance import Embedded

# A JUMBF superbox (ISO/IEC 19566-5), and C2PA's label in its description.
JUMBF, C2PA, LABEL_WITHIN = b"jumb", b"c2pa", 128


def read_embedded(file: BinaryIO) -> Embedded:
    file.seek(0)
    data = file.read()
    if data.startswith(SIGNATURE):
        return Embedded()
    manifests = (data[box.start : box.start + LABEL_WITHIN] for box in top_boxes(BytesIO(data)) if box.kind == JUMBF)
    return Embedded(read_file(data).xmp, any(C2PA in each for each in manifests))


def write_xmp(data: bytes, packet: bytes) -> bytes | None:
    """Writes the packet before the picture, in place of the old one.

    Returns None where the file can restore a JPEG, which depends on its metadata.
    """
    if data.startswith(SIGNATURE):
        return write_boxes(JxlFile(data, xmp=packet))
    parts = list(_parts(data))
    if any(kind == RECONSTRUCTION for kind, _ in parts):
        return None
    kept = [(kind, part) for kind, part in parts if not _is_xmp(kind, part)]
    first = next(at for at, (kind, _) in enumerate(kept) if kind in (WHOLE, PART))
    written = [part for _, part in kept]
    return CONTAINER + b"".join((*written[:first], make_box(XMP, packet), *written[first:]))


def contain(data: bytes) -> bytes:
    """Returns the file in a container, where it is a bare codestream."""
    return CONTAINER + TYPE + make_box(WHOLE, data) if data.startswith(SIGNATURE) else data


def _parts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yields the complete boxes behind the signature."""
    position = len(CONTAINER)
    for box in top_boxes(BytesIO(data)):
        if box.end > position:
            yield box.kind, data[position : box.end]
            position = box.end


def _is_xmp(kind: bytes, part: bytes) -> bool:
    return kind == XMP or (kind == PACKED and part[8:12] == XMP)
