"""Reads BMP: a file header, a bitmap header, a palette, and the pixels."""

import struct
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from imgopt.codecs import jpeg, png
from imgopt.codecs.bmp.header import HEADER_BYTES, BitmapHeader, Compression, read_bitmap_header
from imgopt.codecs.bmp.pixels import RUNS, pixel_bytes, read_pixels
from imgopt.codecs.bmp.profile import read_profile
from imgopt.codecs.format import Format, Limits
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

FILE_HEADER_BYTES, PIXELS_AT = 14, 10
# Formats that can be embedded in place of pixels.
EMBEDDED = {Compression.JPEG: jpeg.FORMAT, Compression.PNG: png.FORMAT}


def is_bmp(head: bytes) -> bool:
    """Returns whether the file begins with "BM" and a possible header length."""
    return head[:2] == b"BM" and 12 <= int.from_bytes(head[14:18], "little") <= HEADER_BYTES


def read_file_header(file: BinaryIO) -> BitmapHeader:
    """Reads the header. Raises InvalidImage or Unsupported as `read_bitmap_header` does."""
    file.seek(FILE_HEADER_BYTES)
    return read_bitmap_header(file.read(HEADER_BYTES))


def check_whole(file: BinaryIO, header: BitmapHeader, limits: Limits) -> None:
    """Raises InvalidImage where pixels are missing. In run-length encoded files that only shows when they are
    decoded.
    """
    size = file.seek(0, 2)
    file.seek(0)
    start = _pixels_at(file.read(FILE_HEADER_BYTES), header)
    if header.compression in EMBEDDED:
        file.seek(start)
        _check_embedded(BytesIO(file.read()), header, limits)
    elif start >= size or (header.compression not in RUNS and start + pixel_bytes(header) > size):
        raise InvalidImage("The BMP file is truncated.")


def _check_embedded(file: BinaryIO, header: BitmapHeader, limits: Limits) -> None:
    inner = EMBEDDED[header.compression]
    if not inner.matches(file.read(16)):
        raise InvalidImage("The BMP file is damaged.")
    found = inner.read_header(file, inner, limits)
    if {found.width, found.height} != {header.width, header.height}:
        raise InvalidImage("The BMP file is damaged.")


def _open_embedded(data: bytes, inner: Format) -> "Image":
    """Opens the embedded picture. Its EXIF orientation is ignored."""
    if inner.open_image is None:
        raise InvalidImage("The BMP file is damaged.")
    image = inner.open_image(data)
    image.info.pop("exif", None)
    return image


def open_image(data: bytes) -> "Image":
    """Opens an image in mode L where all colours are grey, else RGB or RGBA. Alpha of 0 everywhere is ignored, as in
    Chromium.
    """
    header = read_bitmap_header(data[FILE_HEADER_BYTES : FILE_HEADER_BYTES + HEADER_BYTES])
    start = _pixels_at(data, header)
    if header.compression in EMBEDDED:
        return _open_embedded(data[start:], EMBEDDED[header.compression])
    palette = read_palette(data, header, FILE_HEADER_BYTES, start)
    profile = read_profile(data, FILE_HEADER_BYTES, header.size)
    image = read_pixels(data, header, palette, start)
    if header.masks[3] and image.mode == "RGBA" and image.getchannel("A").getextrema() == (0, 0):
        image = image.convert("RGB")
    if image.mode == "P":
        image = image.convert("L" if is_grey(palette) and not profile else "RGB")
    if profile:
        image.info["icc_profile"] = profile
    return image


def read_palette(data: bytes, header: BitmapHeader, header_at: int, end: int) -> bytes:
    """Returns red, green and blue of each palette colour that fits before `end`."""
    start = header_at + header.palette_at
    entries = data[start : min(end, start + header.palette_colors * header.entry_bytes)]
    palette = bytearray(len(entries) // header.entry_bytes * 3)
    for channel in range(3):
        palette[channel::3] = entries[2 - channel :: header.entry_bytes][: len(palette) // 3]
    return bytes(palette)


def is_grey(palette: bytes) -> bool:
    return palette[0::3] == palette[1::3] == palette[2::3]


def _pixels_at(data: bytes, header: BitmapHeader) -> int:
    """Returns the pixels' offset: the one in the file, or else the one behind the palette."""
    (start,) = struct.unpack_from("<I", data, PIXELS_AT)
    begin = FILE_HEADER_BYTES + header.palette_at
    return int(start) if start >= begin else begin + header.palette_colors * header.entry_bytes
