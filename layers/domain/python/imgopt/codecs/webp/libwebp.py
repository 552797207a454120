"""libwebp as Pillow carries it: the same bytes as by libvips' in four fifths of the time, with a copy less."""

import ctypes
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

# Pixels above which all effort would take up to 0.6 s and 50 bytes for a thousand and one. Less of it, by libwebp's
# method 2, takes a third of both for 3 % more bytes; of lossless files, the least effort half of the memory.
HUGE_PIXELS = 32_000_000
RGBA_BYTES = 4
DAMAGED = "The WebP file is damaged and can't be decoded."


def is_huge(image: "Image") -> bool:
    """Whether there is no time or memory for all effort."""
    return image.width * image.height > HUGE_PIXELS


def write_by_pillow(image: "Image", **options: Any) -> bytes:
    """Without metadata, by Pillow's options. Colours of transparent pixels are lost."""
    out = BytesIO()
    image.save(out, "WEBP", **options)
    return out.getvalue()


def decode(data: bytes) -> "Image":
    """A still file's pixels as RGBA, by libwebp's own interface: Pillow's way by frames takes twice the time.

    Raises InvalidImage where it is damaged.
    """
    from PIL import Image

    library, width, height = _library(), ctypes.c_int(), ctypes.c_int()
    length = ctypes.c_size_t(len(data))
    if not library.WebPGetInfo(data, length, ctypes.byref(width), ctypes.byref(height)):
        raise InvalidImage(DAMAGED)
    size, row = (width.value, height.value), RGBA_BYTES * width.value
    pixels = bytearray(row * height.value)
    target = ctypes.c_char.from_buffer(pixels)
    if not library.WebPDecodeRGBAInto(data, length, ctypes.byref(target), ctypes.c_size_t(len(pixels)), row):
        raise InvalidImage(DAMAGED)
    return Image.frombuffer("RGBA", size, pixels, "raw", "RGBA", 0, 1)


@cache
def _library() -> ctypes.CDLL:
    from PIL import _webp

    library = ctypes.CDLL(_webp.__file__)  # which is linked with it
    library.WebPDecodeRGBAInto.restype = ctypes.c_void_p
    return library
