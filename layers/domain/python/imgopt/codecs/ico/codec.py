"""ICO: a directory of images, each a PNG or a bitmap without file header."""

import struct
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from imgopt.codecs.png import codec as png
from imgopt.codecs.shared.encoding import NO_METADATA, Encoding, Metadata
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

SIDES = (16, 24, 32, 48, 256)
LARGEST_SIDE = 256
HEADER_BYTES = 6
MOST_IMAGES = 256
# Bits of a pixel, in the header of a bitmap. The directory may say something else.
BITS_AT = 14
ENTRY = struct.Struct("<BBBBHHII")
PNG_SIGNATURE = b"\x89PNG"


def read_size(file: BinaryIO) -> tuple[int, int]:
    """Width and height of the largest image, by that image's own header: the directory may say anything.

    Raises InvalidImage where an entry is cut off or holds no image.
    """
    sizes = [_read_entry_size(file, offset, length) for offset, length in _read_directory(file)]
    return max(sizes, key=lambda size: size[0] * size[1])


def open_image(data: bytes) -> "Image":
    """The largest image."""
    from PIL import Image

    content, pillow_name = _extract_largest(data)
    return Image.open(BytesIO(content), formats=[pillow_name])


def _extract_largest(data: bytes) -> tuple[bytes, str]:
    """A file of the largest image alone, and the name of its Pillow format."""
    file = BytesIO(data)
    entries = _read_directory(file)
    sizes = [_read_entry_size(file, offset, length) for offset, length in entries]
    best = max(range(len(entries)), key=lambda index: sizes[index][0] * sizes[index][1])
    offset, length = entries[best]
    image = data[offset : offset + length]
    if image.startswith(PNG_SIGNATURE):
        return image, "PNG"
    bits = int.from_bytes(image[BITS_AT : BITS_AT + 2], "little")
    entry = ENTRY.pack(*_side_bytes(sizes[best]), 0, 0, 1, bits, length, HEADER_BYTES + ENTRY.size)
    return struct.pack("<HHH", 0, 1, 1) + entry + image, "ICO"


def encode(image: "Image", quality: int, _metadata: Metadata = NO_METADATA) -> Encoding:
    """An icon of one size, at most 256 px a side."""
    return encode_set([image], quality)


def encode_set(images: "list[Image]", quality: int) -> Encoding:
    """One file of several sizes, at most 256 px a side, each a PNG."""
    parts = [_write_entry(image.convert("RGBA"), quality) for image in images]
    directory, offset = b"", HEADER_BYTES + ENTRY.size * len(parts)
    for image, part in zip(images, parts, strict=True):
        directory += ENTRY.pack(*_side_bytes(image.size), 0, 0, 1, 32, len(part), offset)
        offset += len(part)
    return Encoding(struct.pack("<HHH", 0, 1, len(parts)) + directory + b"".join(parts), "imagequant + oxipng")


def _write_entry(image: "Image", quality: int) -> bytes:
    """A PNG; where something shows through, not as a palette, whose transparency some readers of icons ignore."""
    data = png.encode(image, quality).data
    return data if image.getchannel("A").getextrema()[0] == 255 else png.without_palette(data)


def _side_bytes(size: tuple[int, int]) -> tuple[int, int]:
    return size[0] % 256, size[1] % 256  # 0 stands for 256


def _read_directory(file: BinaryIO) -> list[tuple[int, int]]:
    """Offset and length of each entry."""
    size = file.seek(0, 2)
    file.seek(4)
    count = int.from_bytes(file.read(2), "little")
    if count > MOST_IMAGES:
        raise InvalidImage(f"The ICO file holds more than {MOST_IMAGES} images.")
    raw = file.read(ENTRY.size * count)
    if not count or len(raw) < ENTRY.size * count:
        raise InvalidImage("The ICO file is truncated.")
    entries = [(offset, length) for *_, length, offset in ENTRY.iter_unpack(raw)]
    if any(offset + length > size or length < 40 for offset, length in entries):
        raise InvalidImage("The ICO file is truncated.")
    return entries


def _read_entry_size(file: BinaryIO, offset: int, length: int) -> tuple[int, int]:
    file.seek(offset)
    head = file.read(min(length, 40))
    if head.startswith(PNG_SIGNATURE):
        width, height = struct.unpack_from(">II", head, 16)
    else:
        width, double = struct.unpack_from("<ii", head, 4)
        height = double // 2  # colours and mask, one above the other
    if width < 1 or height < 1:
        raise InvalidImage("The ICO file is damaged.")
    return width, height
