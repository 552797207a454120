"""Photos told from graphics, which other networks make larger and other formats hold in fewer bytes."""

from enum import StrEnum
from typing import TYPE_CHECKING

from imgopt.codecs.shared.flat_color import flat_colors

if TYPE_CHECKING:
    from PIL.Image import Image

# No more of a large image is looked at than its middle.
SAMPLE_SIDE = 1024


class PictureKind(StrEnum):
    PHOTO = "photo"
    GRAPHIC = "graphic"


def kind_of(image: "Image") -> PictureKind:
    """GRAPHIC where most of the image is plain areas of few colours."""
    left, top = max(0, (image.width - SAMPLE_SIDE) // 2), max(0, (image.height - SAMPLE_SIDE) // 2)
    middle = image.crop((left, top, min(image.width, left + SAMPLE_SIDE), min(image.height, top + SAMPLE_SIDE)))
    return PictureKind.GRAPHIC if flat_colors(middle.convert("RGBA")) else PictureKind.PHOTO
