"""Tells photos from graphics, for which other upscaling networks and other formats are better."""

from enum import StrEnum
from typing import TYPE_CHECKING

from imgopt.codecs.capabilities import Content
from imgopt.codecs.shared.flat_color import flat_colors
from imgopt.codecs.shared.redundancy import measure_by_runs

if TYPE_CHECKING:
    from PIL.Image import Image

# Of a large image, only the centre is examined.
SAMPLE_SIDE = 1024

PHOTO_ALONE, DRAWING_ALONE = frozenset({Content.PHOTO}), frozenset({Content.DRAWING})
UNDECIDED_STILL = PHOTO_ALONE | DRAWING_ALONE
# Bytes per pixel after run-length compression, measured on the benchmark's corpus: photos have 0.4 or more, or 0.24
# with a large plain background; drawings and screenshots at most 0.2, or 0.3 with soft shades.
LEAST_OF_PHOTOS, MOST_OF_DRAWINGS = 0.35, 0.2
# A drawing with more colours has gradients, or contains a photo. For an image of at most this many pixels any format
# may be the smallest, because headers and tables count; all formats are tried quickly.
MOST_PLAIN_COLORS, QUICKLY_TRIED_PIXELS = 4096, 65_536


class PictureKind(StrEnum):
    PHOTO = "photo"
    GRAPHIC = "graphic"


def kind_of(image: "Image") -> PictureKind:
    """Returns GRAPHIC where most of the image is flat areas of few colours; PHOTO otherwise."""
    left, top = max(0, (image.width - SAMPLE_SIDE) // 2), max(0, (image.height - SAMPLE_SIDE) // 2)
    middle = image.crop((left, top, min(image.width, left + SAMPLE_SIDE), min(image.height, top + SAMPLE_SIDE)))
    return PictureKind.GRAPHIC if flat_colors(middle.convert("RGBA")) else PictureKind.PHOTO


def contents_seen(image: "Image") -> frozenset[Content]:
    """Returns photo, drawing, or both where that is uncertain or not worth finding out. The mode is L, LA, RGB
    or RGBA.
    """
    left = measure_by_runs(image)
    if left > LEAST_OF_PHOTOS:
        return PHOTO_ALONE
    is_small = image.width * image.height <= QUICKLY_TRIED_PIXELS
    is_plain = left <= MOST_OF_DRAWINGS and image.getcolors(MOST_PLAIN_COLORS) is not None
    return DRAWING_ALONE if is_plain and not is_small else UNDECIDED_STILL
