"""WebP by libwebp, as Pillow carries it."""

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

ENCODER = "libwebp"
LOSSLESS = False
EFFORT = 4
RIFF_HEADER = 12
BITSTREAMS = frozenset({b"VP8 ", b"VP8L"})


def encode(image: "Image", quality: int) -> bytes:
    """Lossy WebP, quality 1-100, alpha kept."""
    out = BytesIO()
    image.save(out, "WEBP", quality=quality, method=EFFORT)
    return out.getvalue()


def check_complete(file: BinaryIO) -> None:
    """Raises InvalidImage where the container is shorter than it says or holds no image (RFC 9649)."""
    size = file.seek(0, 2)
    file.seek(4)
    promised = int.from_bytes(file.read(4), "little") + 8
    kinds, position = set(), RIFF_HEADER
    while position + 8 <= min(promised, size):
        file.seek(position)
        head = file.read(8)
        kinds.add(head[:4])
        length = int.from_bytes(head[4:], "little")
        position += 8 + length + length % 2
    if promised > size or position > promised + 1:
        raise InvalidImage("The WebP file is truncated.")
    if not kinds & BITSTREAMS:
        raise InvalidImage("The WebP file holds no image.")
