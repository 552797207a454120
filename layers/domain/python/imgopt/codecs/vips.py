"""Pixels to and from libvips, which runs on one thread and keeps nothing between calls."""

import os
from typing import TYPE_CHECKING, Any

from imgopt.codecs.encoding import Metadata

if TYPE_CHECKING:
    from PIL.Image import Image

EXIF, XMP = 1, 2
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def library() -> Any:
    """The `pyvips` module. Lambda gives a stage about one core; more threads would only cost memory."""
    os.environ.setdefault("VIPS_CONCURRENCY", "1")
    import pyvips

    pyvips.cache_set_max(0)
    return pyvips


def from_pillow(image: "Image") -> Any:
    """A vips image of an image in mode L, LA, RGB or RGBA."""
    bands = len(image.getbands())
    pixels = library().Image.new_from_memory(image.tobytes(), image.width, image.height, bands, "uchar")
    return pixels.copy(interpretation="b-w" if bands < 3 else "srgb")


def to_pillow(pixels: Any) -> "Image":
    """A Pillow image of 8-bit sRGB or grey, with or without alpha."""
    from PIL import Image

    mode = MODES[pixels.bands]
    return Image.frombytes(mode, (pixels.width, pixels.height), pixels.write_to_memory())


def display_p3() -> bytes:
    """The colour profile of Display P3, as libvips carries it."""
    return bytes(library().Operation.call("profile_load", "p3"))


def attach(pixels: Any, metadata: Metadata) -> int:
    """Puts metadata on an image; returns what an encoder is to keep. libvips would make up EXIF where there is none."""
    kept = 0
    for flag, name, blob in ((EXIF, "exif-data", metadata.exif), (XMP, "xmp-data", metadata.xmp)):
        if blob:
            pixels.set_type(library().GValue.blob_type, name, blob)
            kept |= flag
    return kept
