"""Whether what is to be enlarged is a photo or a graphic, and has a palette: different networks suit them."""

from typing import TYPE_CHECKING

from imgopt.codecs.shared.color import flatten
from imgopt.codecs.shared.sampling import take_tiles
from imgopt.imaging.kinds import PictureKind, kind_of

if TYPE_CHECKING:
    from PIL.Image import Image

# What is left of drawings after losses: most pixels are of three tones of 32, and of the differences between
# neighbours most are in steps that are hard to miss; of photos a few are like that, on a plain background.
TONE_TILES, TONE_LEVELS, MAIN_TONES, LEAST_IN_MAIN_TONES = (4, 128), 8, 3, 0.6
HARD_STEP, LEAST_HARD = 48, 0.4
# What GIF and PNG have in a palette; smaller pictures have few colours anyway.
MOST_IN_PALETTE, LEAST_PIXELS_A_COLOR = 256, 4
PALETTE_TILES = (2, 512)


def has_palette(image: "Image") -> bool:
    """Whether colours are so few that most were taken for others, in modes RGB and RGBA; greys are always few."""
    if image.mode not in ("RGB", "RGBA"):
        return False
    seen = take_tiles(image, *PALETTE_TILES).convert("RGB")
    colors = seen.getcolors(min(MOST_IN_PALETTE, seen.width * seen.height // LEAST_PIXELS_A_COLOR))
    return colors is not None and any(len({*color}) > 1 for _, color in colors if isinstance(color, tuple))


def kind_to_upscale(image: "Image") -> PictureKind:
    """As `kind_of`, and also of drawings that were made smaller or have lost something: few tones between hard edges.

    Mode L, LA, RGB or RGBA.
    """
    import numpy

    if kind_of(image) is PictureKind.GRAPHIC:
        return PictureKind.GRAPHIC
    levels = numpy.asarray(flatten(take_tiles(image, *TONE_TILES)).convert("L")).astype(numpy.int16)
    tones = numpy.sort(numpy.bincount(levels.ravel() // TONE_LEVELS))[-MAIN_TONES:].sum() / levels.size
    steps = numpy.maximum(abs(numpy.diff(levels, axis=0))[:, 1:], abs(numpy.diff(levels, axis=1))[1:])
    hard = steps[steps >= HARD_STEP].sum() / max(1, steps.sum())
    return PictureKind.GRAPHIC if tones >= LEAST_IN_MAIN_TONES and hard >= LEAST_HARD else PictureKind.PHOTO
