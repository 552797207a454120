"""Colour under transparency, which networks see though nobody else does."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

# So many are halved at a time, an even number: Pillow makes copies for that.
ALPHA_ROWS = 256


def bleed(image: "Image") -> "Image":
    """RGB of an image in LA or RGBA: what is wholly transparent takes the colours of what is visible nearby.

    Ever smaller copies fill the gaps: in each, pixels average those of the one before that have a colour.
    """
    from PIL.Image import Resampling

    if image.mode != "RGBA":
        image = image.convert("RGBA")
    visible = image.getchannel("A").point(lambda value: 255 if value else 0)
    if not visible.histogram()[0] or max(image.size) == 1:
        return image.convert("RGB")
    ground = bleed(_halve(image, visible)).resize(image.size, Resampling.BILINEAR)
    ground.paste(image, mask=visible)
    return ground


def _halve(image: "Image", visible: "Image") -> "Image":
    from PIL import Image

    half = Image.new("RGBA", (-(-image.width // 2), -(-image.height // 2)))
    for top in range(0, image.height, ALPHA_ROWS):
        box = (0, top, image.width, min(top + ALPHA_ROWS, image.height))
        rows = image.crop(box)
        rows.putalpha(visible.crop(box))
        half.paste(rows.reduce(2), (0, top // 2))
    return half
