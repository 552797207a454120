"""Bitmaps and icons made byte by byte: Pillow writes few kinds of them."""

import struct
from collections.abc import Sequence

CORE, OS2, INFO, V2, V3, V4, V5 = 12, 64, 40, 52, 56, 108, 124
NONE, RLE8, RLE4, FIELDS, JPEG, PNG, ALPHA_FIELDS = range(7)
HUFFMAN, RLE24 = 3, 4

Colors = Sequence[tuple[int, int, int]]


def header(size: int, width: int, height: int, bits: int, compression: int = NONE, **fields: object) -> bytes:
    """`masks` stand in the header where it has room, else behind it; `tail` is what follows them in a long one."""
    masks: Sequence[int] = fields.get("masks", ())
    if size == CORE:
        return struct.pack("<I4H", size, width, height, 1, bits)
    words = struct.pack(
        "<IiiHHIIiiII", size, width, height, 1, bits, compression, 0, 2835, 2835, fields.get("colors", 0), 0
    )
    behind = struct.pack(f"<{len(masks)}I", *masks)
    if size <= INFO:
        return words[:size] + behind
    return ((words + behind).ljust(V3, b"\0") + bytes(fields.get("tail", b""))).ljust(size, b"\0")[:size]


def palette(colors: Colors, entry_bytes: int = 4) -> bytes:
    return b"".join(bytes((blue, green, red, 0))[:entry_bytes] for red, green, blue in colors)


def rows(values: Sequence[Sequence[int]], bits: int) -> bytes:
    """Numbers of so many bits, each row filled up to four bytes; the first row is the first in the file."""
    packed = b""
    for row in values:
        if bits <= 8:
            digits = "".join(f"{value:0{bits}b}" for value in row)
            line = int(digits.ljust(-(-len(digits) // 8) * 8, "0"), 2).to_bytes(-(-len(digits) // 8))
        else:
            line = b"".join(value.to_bytes(bits // 8, "little") for value in row)
        packed += line + bytes(-len(line) % 4)
    return packed


def bmp(head: bytes, colors: bytes, pixels: bytes, gap: int = 0) -> bytes:
    start = 14 + len(head) + len(colors) + gap
    return struct.pack("<2sIHHI", b"BM", start + len(pixels), 0, 0, start) + head + colors + bytes(gap) + pixels


def icon(*pictures: tuple[int, int, bytes], listed_bits: int = 0) -> bytes:
    """An icon of pictures with their sizes, in a directory without further facts."""
    directory, offset = b"", 6 + 16 * len(pictures)
    for width, height, part in pictures:
        directory += struct.pack("<BBBBHHII", width % 256, height % 256, 0, 0, 1, listed_bits, len(part), offset)
        offset += len(part)
    return struct.pack("<HHH", 0, 1, len(pictures)) + directory + b"".join(part for *_, part in pictures)


def icon_bitmap(bits: int, values: Sequence[Sequence[int]], colors: Colors = (), mask: bytes | None = None) -> bytes:
    """A bitmap of an icon. The rows and those of the mask are given from the bottom up."""
    side = len(values[0])
    whole = bytes(-(-side // 32) * 4 * len(values)) if mask is None else mask
    return header(INFO, side, 2 * len(values), bits) + palette(colors) + rows(values, bits) + whole
