"""XMP of a finished GIF, in an application extension (XMP, part 3, 1.1.2), and detection of a C2PA manifest."""

from typing import BinaryIO

from imgopt.codecs.gif.blocks import (
    APPLICATION,
    EXTENSION,
    LOOPS,
    XMP,
    Blocks,
    read_xmp,
    strip,
)
from imgopt.codecs.shared.encoding import Metadata
from imgopt.codecs.shared.provenance import Embedded

# The extension's name and authentication code (C2PA 2.2, annex A).
MANIFEST = b"C2PA_GIF\1\0\0"
# From whichever byte a block parser continues, the trailer leads it to the end of the extension.
MAGIC_TRAILER = bytes((1, *range(255, -1, -1), 0))
HEAD = bytes((EXTENSION, APPLICATION, len(XMP))) + XMP
VERSION_BYTES, LATEST = 6, b"GIF89a"


def read_embedded(file: BinaryIO) -> Embedded:
    file.seek(0)
    data = file.read()
    return Embedded(read_xmp(data), MANIFEST in data and _has_extension(data, MANIFEST))


def clean(data: bytes, kept: Metadata) -> bytes:
    """Removes comments, old XMP, text that browsers don't draw, and bytes behind the end; adds the metadata to keep."""
    return insert(strip(data), kept)


def insert(data: bytes, metadata: Metadata) -> bytes:
    """Adds XMP, the only metadata that a GIF can hold."""
    return write_xmp(data, metadata.xmp) if metadata.xmp else data


def write_xmp(data: bytes, packet: bytes) -> bytes:
    """Replaces the packet: writes it before the first frame, behind the loop extension."""
    blocks = Blocks(data)
    parts, start_of_pictures = [LATEST + data[VERSION_BYTES : blocks.position]], 1
    for kind, start in blocks.walk():
        name = data[start + 3 : start + 3 + len(XMP)]
        if kind == APPLICATION and name == XMP:
            continue
        if len(parts) == start_of_pictures and kind == APPLICATION and name in LOOPS:
            start_of_pictures += 1
        parts.append(data[start : blocks.position])
    parts.insert(start_of_pictures, HEAD + packet + MAGIC_TRAILER)
    return b"".join((*parts, data[blocks.position :]))


def _has_extension(data: bytes, name: bytes) -> bool:
    return any(kind == APPLICATION and data.startswith(name, start + 3) for kind, start in Blocks(data).walk())
