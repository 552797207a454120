"""PNG files made chunk by chunk, of any depth: Pillow writes few of them."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE = 0, 2, 3
SAMPLES = {GREY: 1, RGB: 3, PALETTE: 1}
# Start and step by column and row of each pass: PNG specification, 3rd ed., 8.1.
PASSES = ((0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2))
WHOLE = ((0, 1, 0, 1),)

Rows = list[list[tuple[int, ...]]]


def chunk(kind: bytes, body: bytes = b"", wrong: int = 0) -> bytes:
    """`wrong` is added to the checksum."""
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", zlib.crc32(kind + body) ^ wrong)


def write(
    rows: Rows, depth: int, color_type: int, *chunks: bytes, interlaced: bool = False, after: bytes = b""
) -> bytes:
    """A file of these samples, with chunks before and behind the pixels."""
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), depth, color_type, 0, 0, interlaced)
    raw = b"".join(_scanlines(rows, depth, interlaced))
    parts = (chunk(b"IHDR", header), *chunks, chunk(b"IDAT", zlib.compress(raw)), after, chunk(b"IEND"))
    return SIGNATURE + b"".join(parts)


def _scanlines(rows: Rows, depth: int, interlaced: bool):
    for left, step_x, top, step_y in PASSES if interlaced else WHOLE:
        for row in rows[top::step_y]:
            if pixels := row[left::step_x]:
                yield b"\0" + _pack([sample for pixel in pixels for sample in pixel], depth)


def _pack(samples: list[int], depth: int) -> bytes:
    bits = "".join(f"{sample:0{depth}b}" for sample in samples)
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))
