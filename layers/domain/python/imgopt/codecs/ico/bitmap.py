"""Bitmaps in icons: without a file header, and with a mask behind the pixels in which a set bit is transparent."""

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imgopt.codecs.bmp.codec import read_palette
from imgopt.codecs.bmp.header import HEADER_BYTES, WINDOWS, BitmapHeader, Compression, read_bitmap_header
from imgopt.codecs.bmp.pixels import BOTTOM_UP, TOP_DOWN, pixel_bytes, read_pixels
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

WITHOUT_RUNS = frozenset({Compression.NONE, Compression.FIELDS, Compression.ALPHA_FIELDS})
OPAQUE = 255


@dataclass(frozen=True)
class IconBitmap:
    """The bytes of a bitmap, its header with the picture's own height, and the offset of its pixels."""

    data: bytes
    header: BitmapHeader
    pixels_at: int

    @property
    def mask_at(self) -> int:
        return self.pixels_at + self.header.stride * self.header.height

    @property
    def mask_stride(self) -> int:
        return -(-self.header.width // 32) * 4

    @property
    def end(self) -> int:
        return self.mask_at + self.mask_stride * self.header.height

    @property
    def order(self) -> int:
        return TOP_DOWN if self.header.top_down else BOTTOM_UP


def parse_bitmap(data: bytes, height: int) -> IconBitmap:
    """Parses a bitmap. Raises InvalidImage where the header is damaged or pixels are missing."""
    header = replace(read_bitmap_header(data[:HEADER_BYTES], in_icon=True), height=height)
    start = header.palette_at + header.palette_colors * header.entry_bytes
    if header.compression not in WITHOUT_RUNS or start + pixel_bytes(header) > len(data):
        raise InvalidImage("The ICO file is damaged.")
    return IconBitmap(data, header, start)


def read_bitmap(bitmap: IconBitmap) -> "Image":
    """Decodes to mode RGB or RGBA. The mask only counts where there is no alpha, or all of it is 0, as in Chromium."""
    image = _read_colors(bitmap)
    if _has_alpha(image):
        return image
    mask, opaque = _read_mask(bitmap), image.convert("RGB")
    if mask.getextrema() != (OPAQUE, OPAQUE):
        opaque.putalpha(mask)
    return opaque


def write_bitmap(image: "Image") -> bytes:
    """Returns a bitmap of 32 bits per pixel, bottom-up, with a mask that hides fully transparent pixels."""
    rgba = image.convert("RGBA")
    pixels = rgba.tobytes("raw", "BGRA", 0, BOTTOM_UP)
    fields = (WINDOWS, rgba.width, 2 * rgba.height, 1, 32, 0, len(pixels), 0, 0, 0, 0)
    return struct.pack("<IiiHHIIiiII", *fields) + pixels + _write_mask(rgba, BOTTOM_UP)


def mend_bitmap(bitmap: IconBitmap) -> bytes:
    """Returns the bitmap with a complete mask that agrees with alpha, and nothing behind it."""
    colors = bitmap.data[: bitmap.mask_at].ljust(bitmap.mask_at, b"\0")
    mask = bitmap.data[bitmap.mask_at : bitmap.end].ljust(bitmap.end - bitmap.mask_at, b"\0")
    return colors + (_mask_of_alpha(bitmap) or mask)


def _mask_of_alpha(bitmap: IconBitmap) -> bytes | None:
    """Returns a mask made from alpha; None where there is no alpha, or the mask agrees with it."""
    if not bitmap.header.masks[3] or not _has_alpha(image := _read_colors(bitmap)):
        return None
    if bitmap.end <= len(bitmap.data) and not _contradicts(_read_mask(bitmap), image):
        return None
    return _write_mask(image, bitmap.order)


def _read_colors(bitmap: IconBitmap) -> "Image":
    palette = read_palette(bitmap.data, bitmap.header, 0, bitmap.pixels_at)
    return read_pixels(bitmap.data, bitmap.header, palette, bitmap.pixels_at)


def _has_alpha(image: "Image") -> bool:
    return image.mode == "RGBA" and image.getchannel("A").getextrema() != (0, 0)


def _read_mask(bitmap: IconBitmap) -> "Image":
    """Returns the mask as alpha. Pixels that a short mask doesn't cover are opaque."""
    from PIL import Image

    mask = bitmap.data[bitmap.mask_at : bitmap.end].ljust(bitmap.end - bitmap.mask_at, b"\0")
    size = (bitmap.header.width, bitmap.header.height)
    return Image.frombytes("1", size, mask, "raw", "1;I", bitmap.mask_stride, bitmap.order).convert("L")


def _write_mask(image: "Image", order: int) -> bytes:
    hidden = image.getchannel("A").point(lambda alpha: 0 if alpha else OPAQUE).convert("1")
    return hidden.tobytes("raw", "1", -(-image.width // 32) * 4, order)


def _contradicts(mask: "Image", image: "Image") -> bool:
    """Returns whether the mask hides opaque pixels, or shows fully transparent ones."""
    from PIL import ImageChops

    alpha = image.getchannel("A")
    certain = alpha.point(lambda value: OPAQUE if value in (0, OPAQUE) else 0)
    return ImageChops.multiply(ImageChops.difference(mask, alpha), certain).getbbox() is not None
