"""Access to libvips, which runs on one thread, writes no files, and caches nothing."""

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

ROWS = 256
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def library() -> Any:
    """Returns the `pyvips` module. Lambda gives a stage about one core, so that more threads would only cost memory.

    By default libvips decodes images of more than 100 MB to a file, which the sandbox refuses.
    """
    os.environ.setdefault("VIPS_CONCURRENCY", "1")
    os.environ.setdefault("VIPS_DISC_THRESHOLD", "100g")
    import pyvips

    pyvips.cache_set_max(0)
    return pyvips


def from_pillow(image: "Image") -> Any:
    """Converts an image in mode L, LA, RGB or RGBA to a vips image."""
    bands = len(image.getbands())
    pixels = library().Image.new_from_memory(image.tobytes(), image.width, image.height, bands, "uchar")
    return pixels.copy(interpretation="b-w" if bands < 3 else "srgb")


def to_pillow(pixels: Any) -> "Image":
    """Converts 8-bit sRGB or grey, with or without alpha, to a Pillow image."""
    from PIL import Image

    return Image.frombytes(MODES[pixels.bands], (pixels.width, pixels.height), pixels.write_to_memory())


def to_pillow_in_parts(pixels: Any) -> "Image":
    """Like `to_pillow` with one copy less, for a large image that is decoded completely by its first part."""
    from PIL import Image

    mode, first = MODES[pixels.bands], _read_rows(pixels, 0)
    image = Image.new(mode, (pixels.width, pixels.height))
    image.paste(first, (0, 0))
    for top in range(ROWS, pixels.height, ROWS):
        image.paste(_read_rows(pixels, top), (0, top))
    return image


def _read_rows(pixels: Any, top: int) -> "Image":
    return to_pillow(pixels.crop(0, top, pixels.width, min(ROWS, pixels.height - top)))
