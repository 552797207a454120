"""The sizes of pictures in AVIF and HEIC files, by their boxes (ISO/IEC 14496-12, 23008-12)."""

import struct
from typing import BinaryIO

from imgopt.codecs.shared import av1
from imgopt.codecs.shared.isobmff import Items, av1_heads, check_extents, read_items
from imgopt.errors import InvalidImage


def read_size(file: BinaryIO) -> tuple[int, int]:
    """Returns width and height of the primary image, cropped and rotated as the file says.

    Raises InvalidImage where the file is truncated or has no size.
    """
    items = read_items(file)
    check_extents(items, file.seek(0, 2))
    size = 0, 0
    for kind, data in _of_primary(items):
        size = _apply(kind, data, size)
    if min(size) < 1:
        raise InvalidImage("The file contains no image.")
    return size


def coded_sizes(file: BinaryIO) -> list[tuple[int, int]]:
    """Returns width and height of every image, including hidden ones, as decoded, before cropping.

    Both those of the boxes and those of AV1 bitstreams, which decoders follow.
    """
    items = read_items(file)
    properties = (each for found in items.properties.values() for each in found)
    stated = {_apply(kind, data, (0, 0)) for kind, data in properties if kind == b"ispe"}
    return [*stated, *(av1.read_frame_size(head) for head in av1_heads(file, items))]


def seen_part(items: Items) -> tuple[int, int, int, int] | None:
    """Returns left, top, right and bottom of the visible part of the primary image before rotation; None for
    all of it.
    """
    size = 0, 0
    for kind, data in _of_primary(items):
        if kind == b"clap" and (box := clean_aperture(data, size)):
            return box
        size = _apply(kind, data, size)
    return None


def _of_primary(items: Items) -> list[tuple[bytes, bytes]]:
    """Properties of the primary image, its own size first: cameras of Sony put the turn before it."""
    return sorted(items.properties.get(items.primary, []), key=lambda each: each[0] != b"ispe")


def clean_aperture(clap: bytes, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Returns left, top, right and bottom of the clean aperture (ISO/IEC 14496-12, 12.1.4); None where it exceeds the
    image.
    """
    if len(clap) < 32:
        return None
    wide, high, across, down = ((part, max(1, of)) for part, of in struct.iter_unpack(">iI", clap[:32]))
    left, top = _begin(size[0], wide, across), _begin(size[1], high, down)
    right, bottom = left + wide[0] // wide[1], top + high[0] // high[1]
    is_inside = 0 <= left < right <= size[0] and 0 <= top < bottom <= size[1]
    return (left, top, right, bottom) if is_inside else None


def _begin(whole: int, length: tuple[int, int], offset: tuple[int, int]) -> int:
    """Returns the start of a part whose centre is at an offset from the middle. Numbers are fractions, as pairs."""
    doubled = (whole * length[1] - length[0]) * offset[1] + 2 * offset[0] * length[1]
    return doubled // (2 * length[1] * offset[1])


def _apply(kind: bytes, data: bytes, size: tuple[int, int]) -> tuple[int, int]:
    """Returns the size after one property: a spatial extent, a clean aperture, or a rotation."""
    if kind == b"ispe" and len(data) >= 12:
        return struct.unpack_from(">II", data, 4)
    if kind == b"clap" and (box := clean_aperture(data, size)):
        return box[2] - box[0], box[3] - box[1]
    if kind == b"irot" and data and data[0] & 1:
        return size[1], size[0]
    return size
