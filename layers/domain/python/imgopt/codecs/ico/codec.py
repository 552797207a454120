"""ICO: a directory of images, each a PNG or a bitmap without a file header."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from imgopt.codecs.ico.bitmap import mend_bitmap, parse_bitmap, read_bitmap, write_bitmap
from imgopt.codecs.ico.directory import IconEntry, find_deepest, find_largest, read_entries, write_icon
from imgopt.codecs.png import chunks, damage
from imgopt.codecs.png import codec as png
from imgopt.codecs.png.frames import read_sequence
from imgopt.codecs.png.hidden_bytes import has_hidden_bytes
from imgopt.codecs.png.transparency import open_still
from imgopt.codecs.shared.color import normalize
from imgopt.codecs.shared.encoding import NO_METADATA, Encoding, Metadata
from imgopt.errors import InvalidImage, Unsupported

if TYPE_CHECKING:
    from PIL.Image import Image

SIDES = (16, 24, 32, 48, 256)
LARGEST_SIDE = 256
# Larger ones are PNG, because a 256 px bitmap takes 260 kB. Some readers don't know PNG, and show the largest bitmap.
LARGEST_BITMAP = 48
# The most pixels of a picture that is encoded again. Icons have up to 256 x 256, some for other systems 1024 x 1024.
MOST_REWRITTEN = 1 << 20
PNG_ENCODER, BITMAP_ENCODER = "imagequant + oxipng", "uncompressed"


def read_size(file: BinaryIO) -> tuple[int, int]:
    """Returns width and height of the largest image, by its own header: the directory may be wrong.

    Raises InvalidImage where an entry is truncated or contains no image.
    """
    largest = find_largest(read_entries(file))
    return largest.width, largest.height


def open_image(data: bytes) -> "Image":
    """Opens the largest image; of several of that size, the deepest."""
    return _open_entry(data, find_largest(read_entries(BytesIO(data))))


def encode(image: "Image", quality: int, _metadata: Metadata = NO_METADATA) -> Encoding:
    """Encodes an icon of one size, at most 256 pixels a side."""
    return encode_set([image], quality)


def encode_set(images: "list[Image]", quality: int) -> Encoding:
    """Encodes one file with several sizes, at most 256 pixels a side; the largest first, because some readers take the
    first.
    """
    return _join([(image.size, _encode_picture(image.convert("RGBA"), quality)) for image in _from_largest(images)])


def encode_packed_set(images: "list[Image]", quality: int) -> Encoding:
    """Like `encode_set`, with PNGs only, for limits on bytes that bitmaps would exceed."""
    return _join([(image.size, _encode_png(image.convert("RGBA"), quality)) for image in _from_largest(images)])


def rewrite_set(data: bytes, quality: int) -> Encoding:
    """Encodes the deepest picture of each size again, where that saves bytes."""
    return _rewrite(data, partial(_encode_picture, quality=quality))


def rewrite_packed_set(data: bytes, quality: int) -> Encoding:
    """Like `rewrite_set`, with PNGs also in place of small bitmaps."""
    return _rewrite(data, partial(_encode_png, quality=quality))


def read_sizes(data: bytes) -> list[tuple[int, int]]:
    """Returns the sizes in pixels, the largest first."""
    return [(entry.width, entry.height) for entry in find_deepest(read_entries(BytesIO(data)))]


def drop_largest(data: bytes) -> bytes | None:
    """Returns a file with the deepest picture of each size but the largest; None where there is only one size."""
    _, *smaller = find_deepest(read_entries(BytesIO(data)))
    parts = [((entry.width, entry.height), entry.cut(data)) for entry in smaller]
    return write_icon(parts) if parts else None


def clean(data: bytes, kept: Metadata) -> bytes | None:
    """Removes metadata, and bytes between the pictures. Returns None where a picture contains other data."""
    entries = read_entries(BytesIO(data))
    if any(_has_hidden_bytes(data, entry) for entry in entries):
        return None
    return write_icon([((entry.width, entry.height), _clean_entry(data, entry)) for entry in entries])


def mend(data: bytes) -> bytes:
    """Returns the file with complete masks that agree with alpha, which some readers require, and without damaged PNG
    chunks.
    """
    entries = read_entries(BytesIO(data))
    mended = [_mend_entry(data, entry) for entry in entries]
    if mended == [entry.cut(data) for entry in entries]:
        return data
    return write_icon([((entry.width, entry.height), part) for entry, part in zip(entries, mended, strict=True)])


def _open_entry(data: bytes, entry: IconEntry) -> "Image":
    if entry.is_png:
        image = open_still(entry.cut(data))
        image.info.pop("exif", None)  # an orientation in an icon's picture is ignored
        return image
    return read_bitmap(parse_bitmap(entry.cut(data), entry.height))


def _from_largest(images: "list[Image]") -> "list[Image]":
    return sorted(images, key=lambda image: -image.width * image.height)


def _encode_picture(rgba: "Image", quality: int) -> Encoding:
    if max(rgba.size) <= LARGEST_BITMAP:
        return Encoding(write_bitmap(rgba), BITMAP_ENCODER, lossless=True)
    return _encode_png(rgba, quality)


def _encode_png(rgba: "Image", quality: int) -> Encoding:
    """Encodes RGBA, because some readers ignore a palette's transparency, and the directory says 32 bits."""
    made = png.encode(rgba, quality)
    return Encoding(png.without_palette(made.data), PNG_ENCODER, made.lossless)


def _rewrite(data: bytes, write: "Callable[[Image], Encoding]") -> Encoding:
    entries = find_deepest(read_entries(BytesIO(data)))
    return _join([((entry.width, entry.height), _rewrite_entry(data, entry, write)) for entry in entries])


def _rewrite_entry(data: bytes, entry: IconEntry, write: "Callable[[Image], Encoding]") -> Encoding:
    own = Encoding(_clean_entry(data, entry), BITMAP_ENCODER, lossless=True)
    has_more = _has_hidden_bytes(data, entry)
    if entry.pixels > MOST_REWRITTEN and not has_more:
        return own
    image = normalize(_open_entry(data, entry)).convert("RGBA")
    made = write(image)
    return own if len(own.data) < len(made.data) and not has_more else made


def _has_hidden_bytes(data: bytes, entry: IconEntry) -> bool:
    """Returns whether a PNG has hidden bytes. Unreadable ones count as without."""
    with suppress(InvalidImage):
        return entry.is_png and has_hidden_bytes(read_sequence(_mend_entry(data, entry)))
    return False


def _clean_entry(data: bytes, entry: IconEntry) -> bytes:
    part = _mend_entry(data, entry)
    return chunks.strip(part) if entry.is_png else part


def _mend_entry(data: bytes, entry: IconEntry) -> bytes:
    """Repairs a picture. An unreadable one is kept, because readers usually show the others."""
    part = entry.cut(data)
    with suppress(InvalidImage, Unsupported):
        return damage.mend(part) if entry.is_png else mend_bitmap(parse_bitmap(part, entry.height))
    return part


def _join(parts: list[tuple[tuple[int, int], Encoding]]) -> Encoding:
    lossless = all(part.lossless for _, part in parts)
    encoder = next((part.encoder for _, part in parts if part.encoder != BITMAP_ENCODER), BITMAP_ENCODER)
    return Encoding(write_icon([(size, part.data) for size, part in parts]), encoder, lossless)
