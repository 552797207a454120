"""The chunks of a PNG file: completeness, and metadata."""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from imgopt.codecs.shared.encoding import Metadata
from imgopt.errors import InvalidImage

SIGNATURE_BYTES = 8
HEADER_END, HEADER_START = 33, b"\0\0\0\rIHDR"
CHUNK = 1 << 16
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Start and step of each pass by column and row: PNG specification (third edition), 8.2.
ADAM7 = ((0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2))
# Chunks on which the pixels, their colours and their size depend (PNG, third edition, 11.2 and 11.3).
NEEDED_CHUNKS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sRGB", b"cICP", b"mDCV", b"cLLI"}
    | {b"pHYs", b"acTL", b"fcTL", b"fdAT"}
)
DENSITY, PER_METRE, INCHES_OF_A_METRE = b"pHYs", 1, 39.37007874
# Of 1 kB each they are 64 MB; most encoders write chunks of 8 kB or more.
MOST_CHUNKS = 65_536
XMP_KEYWORD = b"XML:com.adobe.xmp\0\0\0\0\0"


def clean(data: bytes, kept: Metadata) -> bytes:
    """Returns the same pixels with only these metadata."""
    return insert(strip(data), kept)


def strip(data: bytes) -> bytes:
    """Removes EXIF, text, time and private chunks, and bytes behind the end."""
    kept, position = [data[:SIGNATURE_BYTES]], SIGNATURE_BYTES
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        if kind in NEEDED_CHUNKS:
            kept.append(data[position : position + 12 + length])
        position += 12 + length
        if kind == b"IEND":
            break
    return b"".join(kept)


def insert(data: bytes, metadata: Metadata) -> bytes:
    """Inserts metadata directly behind the header."""
    chunks = make_chunk(b"eXIf", metadata.exif) if metadata.exif else b""
    chunks += make_chunk(b"iTXt", XMP_KEYWORD + metadata.xmp) if metadata.xmp else b""
    if metadata.dpi and DENSITY not in data[: data.find(b"IDAT")]:
        chunks += make_chunk(DENSITY, _density(metadata.dpi))
    return data[:HEADER_END] + chunks + data[HEADER_END:]


def _density(dpi: int) -> bytes:
    per_metre = min(round(dpi * INCHES_OF_A_METRE), 2**31 - 1)
    return struct.pack(">IIB", per_metre, per_metre, PER_METRE)


def make_chunk(kind: bytes, data: bytes) -> bytes:
    """Returns a chunk with its length and checksum."""
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))


def has_exif(data: bytes) -> bool:
    """Returns whether there may be EXIF before the pixels."""
    return b"eXIf" in data[: data.find(b"IDAT")]


def check_chunk_count(file: BinaryIO) -> None:
    """Raises InvalidImage where there are too many chunks for an image, or they are truncated."""
    size, position = file.seek(0, 2), SIGNATURE_BYTES
    for number in range(MOST_CHUNKS):
        file.seek(position)
        head = file.read(8)
        if not number and head != HEADER_START:
            raise InvalidImage("The file is not a valid PNG image.")
        position += 12 + int.from_bytes(head[:4])
        if position > size:
            raise InvalidImage("The PNG file is truncated.")
        if head[4:] == b"IEND":
            return
    raise InvalidImage("The PNG file is damaged: it has more chunks than an image needs.")


def check_complete(file: BinaryIO) -> None:
    """Raises InvalidImage where chunks are missing, or contain fewer pixels than the header declares."""
    expected, inflated = 0, 0
    inflater = zlib.decompressobj()
    for kind, data in _chunks(file):
        if kind == b"IHDR":
            expected = raw_size(data)
        elif kind == b"IDAT" and inflated < expected:
            inflated += _inflate(inflater, data, expected - inflated)
    if inflated < expected or not expected:
        raise InvalidImage("The PNG file is truncated: it contains fewer pixels than its header says.")


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yields chunk types with their data up to IEND; long data in pieces."""
    file.seek(SIGNATURE_BYTES)
    while True:
        head = _read(file, 8)
        left, kind = int.from_bytes(head[:4]), head[4:]
        if kind == b"IEND":
            return
        checksum = zlib.crc32(kind)
        while left:
            data = _read(file, min(left, CHUNK))
            left -= len(data)
            checksum = zlib.crc32(data, checksum)
            yield kind, data
        if _read(file, 4) != checksum.to_bytes(4) and kind[:1].isupper():  # ancillary chunks have types in lower case
            raise InvalidImage("The PNG file is damaged.")


def _read(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise InvalidImage("The PNG file is truncated.")
    return data


def raw_size(header: bytes) -> int:
    """Returns the bytes of all scanlines, each with its filter byte."""
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    bits = header[8] * CHANNELS.get(header[9], 0)
    if not header[12]:
        return _pass_size(width, height, bits)
    return sum(
        _pass_size(-(-(width - x) // step_x), -(-(height - y) // step_y), bits) for x, step_x, y, step_y in ADAM7
    )


def _pass_size(width: int, height: int, bits: int) -> int:
    return height * (1 + -(-width * bits // 8)) if width > 0 and height > 0 else 0


def _inflate(inflater: "zlib._Decompress", data: bytes, wanted: int) -> int:
    """Returns how many bytes are inflated, at most `wanted`. The bytes themselves are dropped."""
    inflated = 0
    try:
        while data and inflated < wanted:
            inflated += len(inflater.decompress(data, min(wanted - inflated, 1 << 20)))
            data = inflater.unconsumed_tail
    except zlib.error as error:
        raise InvalidImage("The PNG file is damaged.") from error
    return inflated
