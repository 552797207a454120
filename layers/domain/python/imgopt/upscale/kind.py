"""Classifies an image for upscaling: photo or graphic, and whether it has a palette."""

from typing import TYPE_CHECKING

from imgopt.codecs.shared.color import flatten
from imgopt.codecs.shared.sampling import take_tiles
from imgopt.imaging.kinds import PictureKind, kind_of

if TYPE_CHECKING:
    from PIL.Image import Image

# Drawings after lossy coding: most pixels in a tile have three of 32 tones, and most differences between neighbours are
# large. Few photos are like that, those with a plain background.
TONE_TILES, TONE_LEVELS, MAIN_TONES, LEAST_IN_MAIN_TONES = (4, 128), 8, 3, 0.6
HARD_STEP, LEAST_HARD = 48, 0.4
# The largest palette of GIF and PNG. In pictures with fewer pixels per colour, few colours mean nothing.
MOST_IN_PALETTE, LEAST_PIXELS_A_COLOR = 256, 4
PALETTE_TILES = (2, 512)


def has_palette(image: "Image") -> bool:
    """Returns whether an image has few colours, and was probably quantized, in mode RGB or RGBA. Grey images
    always count as False.
    """
    if image.mode not in ("RGB", "RGBA"):
        return False
    seen = take_tiles(image, *PALETTE_TILES).convert("RGB")
    colors = seen.getcolors(min(MOST_IN_PALETTE, seen.width * seen.height // LEAST_PIXELS_A_COLOR))
    return colors is not None and any(len({*color}) > 1 for _, color in colors if isinstance(color, tuple))


def kind_to_upscale(image: "Image") -> PictureKind:
    """Like `kind_of`, but also recognizes drawings that were reduced or compressed: few tones between hard edges.

    The mode is L, LA, RGB or RGBA.
    """
    import numpy

    if kind_of(image) is PictureKind.GRAPHIC:
        return PictureKind.GRAPHIC
    levels = numpy.asarray(flatten(take_tiles(image, *TONE_TILES)).convert("L")).astype(numpy.int16)
    tones = numpy.sort(numpy.bincount(levels.ravel() // TONE_LEVELS))[-MAIN_TONES:].sum() / levels.size
    steps = numpy.maximum(abs(numpy.diff(levels, axis=0))[:, 1:], abs(numpy.diff(levels, axis=1))[1:])
    hard = steps[steps >= HARD_STEP].sum() / max(1, steps.sum())
    return PictureKind.GRAPHIC if tones >= LEAST_IN_MAIN_TONES and hard >= LEAST_HARD else PictureKind.PHOTO
