"""Decodes the pixels of a bitmap of any depth to a Pillow image."""

from typing import TYPE_CHECKING, Any

from imgopt.codecs.bmp.header import ALPHA_BYTE, EIGHT_BITS, BitmapHeader, Compression
from imgopt.codecs.bmp.runs import Expanded, expand
from imgopt.codecs.shared import vips
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

# Masks that Pillow supports. Others are decoded by libvips.
LAYOUTS = {(*EIGHT_BITS, 0): ("RGB", "BGRX"), (*EIGHT_BITS, ALPHA_BYTE): ("RGBA", "BGRA")}
RUNS = frozenset({Compression.RLE8, Compression.RLE4, Compression.RLE24})
MOST = 255
TOP_DOWN, BOTTOM_UP = 1, -1


def read_pixels(data: bytes, header: BitmapHeader, palette: bytes, start: int) -> "Image":
    """Returns an image in mode P, RGB or RGBA of the pixels from `start` on. `palette` is red, green and blue in turn.

    Numbers beyond the palette are black. Raises InvalidImage where pixels are missing.
    """
    if header.compression in RUNS:
        return _read_runs(data, header, palette, start)
    rows = _rows(data, header, start)
    if header.bits <= 8:
        return _numbered(rows, header, palette, f"P;{header.bits}".removesuffix(";8"), header.stride)
    if header.bits == 24:
        return _raw("RGB", header, rows, "BGR", header.stride)
    if header.bits == 32 and header.masks in LAYOUTS:
        mode, layout = LAYOUTS[header.masks]
        return _raw(mode, header, rows, layout, header.stride)
    return _by_masks(rows, header)


def _rows(data: bytes, header: BitmapHeader, start: int) -> bytes | memoryview:
    """Returns all rows. The padding of the last one may be missing."""
    whole = header.stride * header.height
    rows = memoryview(data)[start : start + whole]
    if len(rows) < pixel_bytes(header):
        raise InvalidImage("The bitmap is truncated.")
    return rows if len(rows) == whole else bytes(rows).ljust(whole, b"\0")


def pixel_bytes(header: BitmapHeader) -> int:
    """Returns the minimum number of bytes of all rows, for a bitmap without runs."""
    return header.stride * (header.height - 1) + header.row_bytes


def _raw(mode: str, header: BitmapHeader, rows: bytes | bytearray | memoryview, layout: str, stride: int) -> "Image":
    from PIL import Image

    order = TOP_DOWN if header.top_down else BOTTOM_UP
    return Image.frombytes(mode, (header.width, header.height), rows, "raw", layout, stride, order)


def _numbered(
    rows: bytes | bytearray | memoryview, header: BitmapHeader, palette: bytes, layout: str, stride: int
) -> "Image":
    image = _raw("P", header, rows, layout, stride)
    image.putpalette(palette.ljust(3 << header.bits, b"\0"))
    return image


def _read_runs(data: bytes, header: BitmapHeader, palette: bytes, start: int) -> "Image":
    """Decodes runs. Pixels that they skip are transparent, as in Chromium."""
    done = expand(data, start, header.width, header.height, header.bits)
    if header.bits == 24:
        image = _raw("RGB", header, done.pixels, "BGR", 3 * header.width)
    else:
        image = _numbered(done.pixels, header, palette, "P", header.width)
    if not done.gaps:
        return image
    mask = _raw("L", header, _opacity(done, header.width * header.height), "L", header.width)
    done.pixels.clear()
    image = image.convert("RGBA")
    image.putalpha(mask)
    return image


def _opacity(done: Expanded, pixels: int) -> bytearray:
    opacity, end = bytearray(), 0
    for start, stop in zip(done.gaps[::2], done.gaps[1::2], strict=True):
        opacity += b"\xff" * (start - end) + bytes(stop - start)
        end = stop
    return opacity + b"\xff" * (pixels - end)


def _by_masks(rows: bytes | memoryview, header: BitmapHeader) -> "Image":
    kind, bytes_of_pixel = ("ushort", 2) if header.bits == 16 else ("uint", 4)
    image = vips.library().Image
    words = image.new_from_memory(rows, header.stride // bytes_of_pixel, header.height, 1, kind)
    words = words.crop(0, 0, header.width, header.height)
    masks = header.masks if header.masks[3] else header.masks[:3]
    # A lookup table is faster, because there are few values of 16 bits.
    pixels = (
        words.maplut(_channels(image.identity(ushort=True), masks)) if kind == "ushort" else _channels(words, masks)
    )
    return vips.to_pillow(pixels if header.top_down else pixels.flipver())


def _channels(words: Any, masks: tuple[int, ...]) -> Any:
    first, *others = (_channel(words, mask) for mask in masks)
    return first.bandjoin(others)


def _channel(words: Any, mask: int) -> Any:
    """Returns the masked bits scaled to 0 to 255. Of more than 8 bits, the highest 8 count."""
    if not mask:
        return (words * 0).cast("uchar")
    lowest = (mask & -mask).bit_length() - 1
    spare = max(0, (mask >> lowest).bit_length() - 8)
    most = mask >> lowest + spare
    values = words >> lowest + spare & most
    return (values if most == MOST else values * (MOST / most) + 0.5).cast("uchar")
