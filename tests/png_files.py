"""PNG files put together by hand, with any chunks before their pixels."""

import struct
import zlib
from collections.abc import Iterable, Sequence

COLOR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}

Chunk = tuple[bytes, bytes]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(pixels: Sequence[Sequence[int]], chunks: Iterable[Chunk] = (), *, bits: int = 8) -> bytes:
    """A PNG with one row of pixels, each with its samples."""
    row = b"".join(sample.to_bytes(bits // 8) for pixel in pixels for sample in pixel)
    header = struct.pack(">IIBBBBB", len(pixels), 1, bits, COLOR_TYPES[len(pixels[0])], 0, 0, 0)
    described = b"".join(chunk(kind, data) for kind, data in chunks)
    parts = (chunk(b"IHDR", header), described, chunk(b"IDAT", zlib.compress(b"\0" + row)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def cicp(primaries: int, transfer: int, *, matrix: int = 0, full_range: int = 1) -> Chunk:
    return b"cICP", bytes((primaries, transfer, matrix, full_range))


def gama(power: float) -> Chunk:
    return b"gAMA", round(power * 100_000).to_bytes(4)


def chrm(*values: float) -> Chunk:
    """x and y of white, red, green and blue."""
    return b"cHRM", struct.pack(">8I", *(round(value * 100_000) for value in values))


def iccp(profile: bytes) -> Chunk:
    return b"iCCP", b"profile\0\0" + zlib.compress(profile)
