"""Which encoder makes the smaller JPEG that looks the same, told before either is tried.

On photos jpegli is 3-20 % smaller at any quality. mozjpeg's trellis is so on drawings and screens in flat colours, grey
or nearly so, up to a quality at which the edges get most of the bits; of these it takes 2-25 % less.
"""

from typing import TYPE_CHECKING

from imgopt.codecs.shared.chroma import TILE_SIDE, TILES, visible_chroma_loss
from imgopt.codecs.shared.sampling import take_tiles

if TYPE_CHECKING:
    from PIL.Image import Image

# `benchmarks.jpeg_steps` prints what they are told by, for the drawings of the calibration half.
MOST_QUALITY, LEAST_FLAT, MOST_CHROMA_LOSS = 60, 0.85, 0.004
# A sample of both tells it for all drawings. Of pictures in fewer pixels, both would have to be written whole.
LEAST_FLAT_OF_SAMPLED, LEAST_SAMPLED = 0.8, 216_000
# Of small ones tables and scans are a good part, which mozjpeg searches for longest.
SMALL_PIXELS, MOST_QUALITY_OF_SMALL = 256 * 256, 78
# The trellis takes five to ten times as long as jpegli, 0.2 s a megapixel.
MOST_PIXELS = 4_000_000


def suits_trellis(image: "Image", quality: int) -> bool:
    """For an image in mode L or RGB."""
    is_small = image.width * image.height <= SMALL_PIXELS
    return quality <= (MOST_QUALITY_OF_SMALL if is_small else MOST_QUALITY) and may_suit_trellis(image)


def may_suit_trellis(image: "Image") -> bool:
    """The same at whatever quality."""
    is_quick = image.width * image.height <= MOST_PIXELS
    return is_quick and flat_share(image) >= LEAST_FLAT and visible_chroma_loss(image) <= MOST_CHROMA_LOSS


def may_be_smaller_by_trellis(image: "Image") -> bool:
    """Whether that is worth a sample where a score is looked for: at low ones it may be so in colour, too."""
    if image.width * image.height < LEAST_SAMPLED:
        return may_suit_trellis(image)
    return image.width * image.height <= MOST_PIXELS and flat_share(image) >= LEAST_FLAT_OF_SAMPLED


def flat_share(image: "Image") -> float:
    """The share of pixels, 0-1, that are as bright as the one to their left: photos lie below 0.75."""
    from PIL import ImageChops

    grey = take_tiles(image, TILES, TILE_SIDE).convert("L")
    return ImageChops.difference(grey, ImageChops.offset(grey, 1, 0)).histogram()[0] / (grey.width * grey.height)
