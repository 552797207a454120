"""Colour profiles for tests."""

import struct

from PIL import ImageCms

D50 = (63190, 65536, 54061)
# Lab as version 2 tables hold it: 16 bits each, 0xFF00 for a lightness of 100, 0x8000 for no colour.
GREEN_LAB = (0x8700, 0x3500, 0xC000)


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def green_press() -> bytes:
    """A CMYK profile of a press that prints everything in one green: whoever ignores it shows something else."""
    curve = struct.pack(">HH", 0, 65535)
    matrix = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    head = struct.pack(">4sIBBBB", b"mft2", 0, 4, 3, 2, 0) + matrix + struct.pack(">HH", 2, 2)
    return _profile(head + curve * 4 + struct.pack(">HHH", *GREEN_LAB) * 16 + curve * 3)


def _profile(table: bytes) -> bytes:
    """A printer profile of version 2 with this table from CMYK to Lab (ICC.1:2001-04)."""
    text = b"desc\0\0\0\0\0\0\0\5test\0" + bytes(78)
    white = struct.pack(">4sI3i", b"XYZ ", 0, *D50)
    offset, directory, body = 132 + 12 * 3, struct.pack(">I", 3), b""
    for name, part in ((b"desc", text), (b"wtpt", white), (b"A2B0", table)):
        directory += struct.pack(">4sII", name, offset + len(body), len(part))
        body += part + bytes(-len(part) % 4)
    head = bytearray(128)
    kinds = (b"prtr", b"CMYK", b"Lab ")
    struct.pack_into(">I4sI4s4s4s", head, 0, offset + len(body), bytes(4), 0x02400000, *kinds)
    head[36:40] = b"acsp"
    struct.pack_into(">3i", head, 68, *D50)
    return bytes(head) + directory + body
