"""The bitmap header of BMP files and icons: Windows' five versions, and OS/2's two.

Sources: Microsoft, [MS-WMF] 2.2.2 and the structures BITMAPINFOHEADER, BITMAPV4HEADER and BITMAPV5HEADER; IBM, OS/2
Presentation Manager, BITMAPINFOHEADER2. Where they leave a choice, Chromium's is used.
"""

import struct
from dataclasses import dataclass, replace
from enum import StrEnum

from imgopt.errors import InvalidImage, Unsupported

# Header lengths of the versions. OS/2's second version may end anywhere from 16 to 64 bytes.
OS2_V1, OS2_V2_LEAST, WINDOWS, V2, V3, OS2_V2, V4, V5 = 12, 16, 40, 52, 56, 64, 108, 124
WINDOWS_SIZES = frozenset({WINDOWS, V2, V3, V4, V5})
MASKS_AT = 40
# The bytes to read: the longest header, which is longer than a short one with masks.
HEADER_BYTES = V5
FIVE_BITS, EIGHT_BITS = (0x7C00, 0x3E0, 0x1F), (0xFF0000, 0xFF00, 0xFF)
ALPHA_BYTE = 0xFF000000
METRES_PER_INCH = 0.0254


class Compression(StrEnum):
    """How pixels are stored. Supported ones have Windows' names."""

    NONE = "none"
    RLE8 = "RLE8"
    RLE4 = "RLE4"
    FIELDS = "bit fields"
    ALPHA_FIELDS = "bit fields with alpha"
    RLE24 = "RLE24"
    HUFFMAN = "Huffman 1D"
    JPEG = "JPEG"
    PNG = "PNG"


CODES = (
    *(Compression.NONE, Compression.RLE8, Compression.RLE4, Compression.FIELDS),
    *(Compression.JPEG, Compression.PNG, Compression.ALPHA_FIELDS),
)
# OS/2 uses two of the codes for other compressions, which the bits per pixel reveal.
OS2_CODES = {(3, 1): Compression.HUFFMAN, (4, 24): Compression.RLE24}
# Bits per pixel that each compression may have. Runs of few colours may declare more.
BITS = {
    Compression.NONE: (1, 2, 4, 8, 16, 24, 32),
    Compression.RLE8: (1, 2, 4, 8),
    Compression.RLE4: (1, 2, 4),
    Compression.RLE24: (24,),
    Compression.JPEG: (0,),
    Compression.PNG: (0,),
    Compression.FIELDS: (16, 32),
    Compression.ALPHA_FIELDS: (16, 32),
}
STORED_BITS = {Compression.RLE8: 8, Compression.RLE4: 4}


@dataclass(frozen=True)
class BitmapHeader:
    """`size` is the header's length in bytes. `masks` are those of red, green, blue and alpha, 0 for none.

    Width and height are in pixels; `per_metre` is 0 where unknown. `colors` is the palette's length, 0 for the largest
    possible.
    """

    size: int
    width: int
    height: int
    top_down: bool
    bits: int
    compression: Compression = Compression.NONE
    colors: int = 0
    per_metre: int = 0
    masks: tuple[int, int, int, int] = (0, 0, 0, 0)

    @property
    def palette_at(self) -> int:
        """The offset of the palette from the header's start. Short headers have the masks in between."""
        if self.size != WINDOWS:
            return self.size
        return self.size + {Compression.FIELDS: 12, Compression.ALPHA_FIELDS: 16}.get(self.compression, 0)

    @property
    def entry_bytes(self) -> int:
        """Bytes of a palette colour."""
        return 3 if self.size == OS2_V1 else 4

    @property
    def palette_colors(self) -> int:
        """The number of palette colours that there should be."""
        most = 1 << self.bits if self.bits <= 8 else 0
        return min(self.colors or most, most)

    @property
    def row_bytes(self) -> int:
        return -(-self.width * self.bits // 8)

    @property
    def stride(self) -> int:
        """Bytes of a row, padded to a multiple of 4."""
        return -(-self.width * self.bits // 32) * 4

    @property
    def dpi(self) -> int | None:
        return round(self.per_metre * METRES_PER_INCH) or None if self.per_metre > 0 else None


def read_bitmap_header(head: bytes, *, in_icon: bool = False) -> BitmapHeader:
    """Parses `HEADER_BYTES` from the header's start, or all that exist.

    Raises InvalidImage where they are invalid, Unsupported for an unsupported compression or depth.
    """
    size = int.from_bytes(head[:4], "little")
    if len(head) < min(size, HEADER_BYTES) or len(head) < OS2_V1:
        raise InvalidImage("The bitmap is truncated.")
    if size == OS2_V1:
        width, height, _, bits = struct.unpack_from("<4H", head, 4)
        return _checked(BitmapHeader(size, width, height, top_down=False, bits=bits), head, in_icon=in_icon)
    if size not in WINDOWS_SIZES and not OS2_V2_LEAST <= size <= OS2_V2:
        raise InvalidImage("The bitmap is damaged.")
    return _checked(_read_long(size, head[:size].ljust(HEADER_BYTES, b"\0")), head, in_icon=in_icon)


def _read_long(size: int, fields: bytes) -> BitmapHeader:
    width, height, _, bits, code, _, per_metre, _, colors = struct.unpack_from("<iiHHIIiiI", fields, 4)
    compression = OS2_CODES.get((code, bits)) or (CODES[code] if code < len(CODES) else None)
    if compression is None:
        raise InvalidImage("The bitmap is damaged.")
    return BitmapHeader(size, width, abs(height), height < 0, bits, compression, colors, per_metre)


def _checked(header: BitmapHeader, head: bytes, *, in_icon: bool) -> BitmapHeader:
    if header.width < 1 or header.height < 1:
        raise InvalidImage("The bitmap is damaged.")
    if header.compression not in BITS:
        raise Unsupported(f"Bitmaps compressed by {header.compression} are not supported.")
    if header.bits == 64:
        raise Unsupported("Bitmaps of 64 bits per pixel are not supported.")
    if header.bits not in BITS[header.compression]:
        raise InvalidImage("The bitmap is damaged.")
    masks = _masks(header, head, in_icon=in_icon)
    _check_masks(masks)
    bits = STORED_BITS.get(header.compression, header.bits)
    return replace(header, masks=masks, bits=bits, colors=header.palette_colors)


def _masks(header: BitmapHeader, head: bytes, *, in_icon: bool) -> tuple[int, int, int, int]:
    """Returns the masks. Headers with space for an alpha mask may have one with any compression, as in browsers."""
    room = header.palette_at if header.size == WINDOWS else header.size
    in_header = head[MASKS_AT : min(room, V3)].ljust(16, b"\0") if header.size in WINDOWS_SIZES else bytes(16)
    red, green, blue, alpha = struct.unpack("<4I", in_header)
    is_named = header.compression in (Compression.FIELDS, Compression.ALPHA_FIELDS) and any((red, green, blue))
    if not is_named:
        red, green, blue = FIVE_BITS if header.bits == 16 else EIGHT_BITS
        alpha = alpha or (ALPHA_BYTE if in_icon and header.bits == 32 else 0)
    most = (1 << header.bits) - 1
    return red & most, green & most, blue & most, alpha & most if header.bits > 8 else 0


def _check_masks(masks: tuple[int, ...]) -> None:
    """Raises InvalidImage unless each mask is one run of bits, and none overlap."""
    seen = 0
    for mask in masks:
        lowest = mask & -mask
        if mask & (mask + lowest) or mask & seen:
            raise InvalidImage("The bitmap is damaged.")
        seen |= mask
