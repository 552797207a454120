"""Reads and writes XMP of a finished PNG, chunk by chunk, and detects C2PA manifests."""

import zlib
from contextlib import suppress
from typing import BinaryIO

from imgopt.codecs.png.chunks import HEADER_END, MOST_CHUNKS, SIGNATURE_BYTES, XMP_KEYWORD, make_chunk
from imgopt.codecs.png.frames import walk_chunks
from imgopt.codecs.shared.metadata import LONGEST_KEPT
from imgopt.codecs.shared.provenance import Embedded

TEXT, MANIFEST, END = b"iTXt", b"caBX", b"IEND"
KEYWORD = XMP_KEYWORD.partition(b"\0")[0] + b"\0"
CHUNK_HEADER, CHECKSUM = 8, 4
# The text may be compressed. It is read up to the length that is kept.
LONGEST_TEXT = LONGEST_KEPT + 1024


def read_embedded(file: BinaryIO) -> Embedded:
    """Reads the embedded data. Raises nothing, because truncated files are detected before."""
    packet, has_manifest, position = b"", False, SIGNATURE_BYTES
    for _ in range(MOST_CHUNKS):
        file.seek(position)
        head = file.read(CHUNK_HEADER)
        length, kind = int.from_bytes(head[:4]), head[4:]
        if kind == TEXT and length <= LONGEST_TEXT and not packet:
            packet = _read_text(file.read(length))
        has_manifest |= kind == MANIFEST
        if kind in (END, b""):
            break
        position += CHUNK_HEADER + length + CHECKSUM
    return Embedded(packet, has_manifest)


def _read_text(content: bytes) -> bytes:
    """Returns the text of an iTXt chunk (PNG specification, 3rd ed., 11.3.3.4): keyword, flag, method, language,
    translated keyword, text.
    """
    if not content.startswith(KEYWORD):
        return b""
    flag = content[len(KEYWORD) :][:1]
    text = content[len(KEYWORD) + 2 :].split(b"\0", 2)[-1]
    if flag != b"\1":
        return text
    with suppress(zlib.error):
        return zlib.decompressobj().decompress(text, LONGEST_KEPT)
    return b""


def write_xmp(data: bytes, packet: bytes) -> bytes:
    """Writes the packet directly behind the header, in place of the old one."""
    parts, position = [data[:HEADER_END], make_chunk(TEXT, XMP_KEYWORD + packet)], HEADER_END
    for place in walk_chunks(data):
        if place.kind == TEXT and data.startswith(KEYWORD, place.start):
            parts.append(data[position : place.start - CHUNK_HEADER])
            position = place.end + CHECKSUM
    return b"".join((*parts, data[position:]))


def renew_checksums(data: bytes) -> bytes:
    """Corrects the checksums of a manifest's chunks."""
    renewed = bytearray(data)
    for place in walk_chunks(data):
        if place.kind == MANIFEST:
            checksum = zlib.crc32(data[place.start : place.end], zlib.crc32(MANIFEST))
            renewed[place.end : place.end + CHECKSUM] = checksum.to_bytes(CHECKSUM)
    return bytes(renewed)
