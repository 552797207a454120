"""Predicts which encoder makes the smaller JPEG at equal looks.

On photos jpegli is 3 to 20 % smaller at every quality. On drawings and screenshots in flat, nearly grey colours
mozjpeg's trellis quantization is 2 to 25 % smaller, up to a quality at which edges get most of the bits.
"""

from typing import TYPE_CHECKING

from imgopt.codecs.shared.chroma import TILE_SIDE, TILES, visible_chroma_loss
from imgopt.codecs.shared.sampling import take_tiles

if TYPE_CHECKING:
    from PIL.Image import Image

# Thresholds; `benchmarks.jpeg_steps` prints the measured values for the drawings of the calibration half.
MOST_QUALITY, LEAST_FLAT, MOST_CHROMA_LOSS = 60, 0.85, 0.004
# For drawings, a sample of both encoders decides. Smaller pictures would have to be encoded completely by both.
LEAST_FLAT_OF_SAMPLED, LEAST_SAMPLED = 0.8, 216_000
# In small files tables and scans are a large part, which mozjpeg optimizes most.
SMALL_PIXELS, MOST_QUALITY_OF_SMALL = 256 * 256, 78
# The trellis takes five to ten times as long as jpegli, which takes 0.2 s per megapixel.
MOST_PIXELS = 4_000_000


def suits_trellis(image: "Image", quality: int) -> bool:
    """Returns whether mozjpeg is expected to be smaller, for an image in mode L or RGB."""
    is_small = image.width * image.height <= SMALL_PIXELS
    return quality <= (MOST_QUALITY_OF_SMALL if is_small else MOST_QUALITY) and may_suit_trellis(image)


def may_suit_trellis(image: "Image") -> bool:
    """Like `suits_trellis`, at any quality."""
    is_quick = image.width * image.height <= MOST_PIXELS
    return is_quick and flat_share(image) >= LEAST_FLAT and visible_chroma_loss(image) <= MOST_CHROMA_LOSS


def may_be_smaller_by_trellis(image: "Image") -> bool:
    """Returns whether a sample of both encoders is worthwhile for a target score: at low scores mozjpeg may win in
    colour too.
    """
    if image.width * image.height < LEAST_SAMPLED:
        return may_suit_trellis(image)
    return image.width * image.height <= MOST_PIXELS and flat_share(image) >= LEAST_FLAT_OF_SAMPLED


def flat_share(image: "Image") -> float:
    """Returns the share, 0 to 1, of pixels that are as bright as their left neighbour; in photos it is below 0.75."""
    from PIL import ImageChops

    grey = take_tiles(image, TILES, TILE_SIDE).convert("L")
    return ImageChops.difference(grey, ImageChops.offset(grey, 1, 0)).histogram()[0] / (grey.width * grey.height)
