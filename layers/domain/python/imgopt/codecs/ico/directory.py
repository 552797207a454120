"""The directory of an icon. Sizes and depths are taken from the pictures themselves, because the directory may be
wrong.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from imgopt.codecs.png.codec import SAMPLES_OF_COLOR_TYPE
from imgopt.errors import InvalidImage

ICON_HEADER_BYTES = 6
MOST_IMAGES = 256
# The sum of all entries' lengths, divided by the file's length: entries may overlap.
MOST_OVERLAP = 4
ENTRY = struct.Struct("<BBBBHHII")
PNG_SIGNATURE = b"\x89PNG"
SHORTEST = 40


@dataclass(frozen=True)
class IconEntry:
    """The place of a picture in the file, its size in pixels, and its bits per pixel."""

    offset: int
    length: int
    width: int
    height: int
    bits: int
    is_png: bool

    @property
    def pixels(self) -> int:
        return self.width * self.height

    def cut(self, data: bytes) -> bytes:
        """Returns the picture's bytes."""
        return data[self.offset : self.offset + self.length]


def read_entries(file: BinaryIO) -> list[IconEntry]:
    """Reads the entries. Raises InvalidImage where there are none, or one is truncated or contains no picture."""
    size = file.seek(0, 2)
    file.seek(4)
    count = int.from_bytes(file.read(2), "little")
    if count > MOST_IMAGES:
        raise InvalidImage(f"The ICO file contains more than {MOST_IMAGES} images.")
    raw = file.read(ENTRY.size * count)
    if not count or len(raw) < ENTRY.size * count:
        raise InvalidImage("The ICO file is truncated.")
    places = list(ENTRY.iter_unpack(raw))
    if any(offset + length > size or length < SHORTEST for *_, length, offset in places):
        raise InvalidImage("The ICO file is truncated.")
    if sum(length for *_, length, _ in places) > MOST_OVERLAP * size:
        raise InvalidImage("The ICO file is damaged: its images overlap.")
    return [
        _read_entry(file, offset, length, (width or 256, height or 256)) for width, height, *_, length, offset in places
    ]


def find_largest(entries: Iterable[IconEntry]) -> IconEntry:
    """Returns the largest picture; of several of that size the deepest, as browsers do; of several of these
    the first.
    """
    return max(entries, key=lambda entry: (entry.pixels, entry.bits))


def find_deepest(entries: list[IconEntry]) -> list[IconEntry]:
    """Returns the deepest picture of each size, the largest first."""
    sizes = {(entry.width, entry.height) for entry in entries}
    alike = ([entry for entry in entries if (entry.width, entry.height) == size] for size in sizes)
    return sorted(map(find_largest, alike), key=lambda entry: (-entry.pixels, entry.offset))


def write_icon(parts: list[tuple[tuple[int, int], bytes]]) -> bytes:
    """Returns a file of these pictures, each with its size in pixels, in their order."""
    directory, offset = b"", ICON_HEADER_BYTES + ENTRY.size * len(parts)
    for (width, height), part in parts:
        colors, bits = _describe(part)
        directory += ENTRY.pack(width % 256, height % 256, colors, 0, 1, bits, len(part), offset)  # 0 stands for 256
        offset += len(part)
    return struct.pack("<HHH", 0, 1, len(parts)) + directory + b"".join(part for _, part in parts)


def _describe(part: bytes) -> tuple[int, int]:
    """Returns the number of palette colours (0 for none or 256), and the bits per pixel."""
    bits = 32 if part.startswith(PNG_SIGNATURE) else _bitmap_bits(part)
    return (1 << bits) % 256 if bits <= 8 else 0, bits


def _read_entry(file: BinaryIO, offset: int, length: int, listed: tuple[int, int]) -> IconEntry:
    file.seek(offset)
    head = file.read(SHORTEST)
    is_png = head.startswith(PNG_SIGNATURE)
    width, height = struct.unpack_from(">II", head, 16) if is_png else _bitmap_size(head, length, listed)
    if width < 1 or height < 1:
        raise InvalidImage("The ICO file is damaged.")
    bits = head[24] * SAMPLES_OF_COLOR_TYPE.get(head[25], 1) if is_png else _bitmap_bits(head)
    return IconEntry(offset, length, width, height, bits, is_png)


def _bitmap_size(head: bytes, length: int, listed: tuple[int, int]) -> tuple[int, int]:
    """Returns the size of a bitmap. Its height includes the mask below the pixels, which some writers leave out."""
    is_short = int.from_bytes(head[:4], "little") < 16
    width, height = struct.unpack_from("<HH" if is_short else "<ii", head, 4)
    if not is_short and (width, abs(height)) == listed and _colors_end(head, width, abs(height)) <= length:
        return width, abs(height)
    return width, abs(height) // 2


def _colors_end(head: bytes, width: int, height: int) -> int:
    """Returns the number of bytes up to the mask of a bitmap of this height."""
    size, bits, (colors,) = int.from_bytes(head[:4], "little"), _bitmap_bits(head), struct.unpack_from("<I", head, 32)
    palette = 4 * (colors or 1 << bits) if bits <= 8 else 0
    return size + palette + -(-width * bits // 32) * 4 * height


def _bitmap_bits(head: bytes) -> int:
    at = 10 if int.from_bytes(head[:4], "little") < 16 else 14
    return int.from_bytes(head[at : at + 2], "little")
