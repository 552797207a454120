"""Measures redundancy by compression, which tells drawings and pages from photographs within milliseconds.

Both measures use the brightness of tiles, compressed by DEFLATE. Transparent pixels count by their colour.
"""

import zlib
from typing import TYPE_CHECKING

from imgopt.codecs.shared.sampling import take_tiles

if TYPE_CHECKING:
    from PIL.Image import Image

# Tiles in each direction, and their side. Runs are similar everywhere; repeats are further apart.
RUN_TILES, REPEAT_TILES = (4, 64), (2, 256)
FASTEST, THOROUGH, MEMORY_LEVEL = 1, 6, 9


def measure_by_runs(image: "Image") -> float:
    """Returns the bytes per pixel after run-length compression.

    Drawings and pages have 0.005 to 0.2, photographs 0.28 to 0.95.
    """
    sample = take_tiles(image, *RUN_TILES)
    return _packed(sample, FASTEST, zlib.Z_RLE) / (sample.width * sample.height)


def measure_repeats(image: "Image") -> float:
    """Returns the share of these bytes that is left where all repeats are compressed: 0.2 to 0.8 for text.

    Soft edges, which hardly ever repeat, have 0.86 to 1.25.
    """
    sample = take_tiles(image, *REPEAT_TILES)
    return _packed(sample, THOROUGH, zlib.Z_DEFAULT_STRATEGY) / _packed(sample, FASTEST, zlib.Z_RLE)


def _packed(image: "Image", level: int, strategy: int) -> int:
    packer = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS, MEMORY_LEVEL, strategy)
    return len(packer.compress(image.convert("L").tobytes())) + len(packer.flush())
