"""Fills the colour of transparent pixels, which networks see although viewers don't."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

# Rows that are reduced at once, an even number, because Pillow copies them.
ALPHA_ROWS = 256


def fill_transparent_pixels(image: "Image") -> "Image":
    """Returns RGB from an image in LA or RGBA: fully transparent pixels get the colours of visible ones nearby.

    Gaps are filled from smaller and smaller copies, in which each pixel is the mean of those with a colour.
    """
    from PIL.Image import Resampling

    if image.mode != "RGBA":
        image = image.convert("RGBA")
    visible = image.getchannel("A").point(lambda value: 255 if value else 0)
    if not visible.histogram()[0] or max(image.size) == 1:
        return image.convert("RGB")
    ground = fill_transparent_pixels(_halve(image, visible)).resize(image.size, Resampling.BILINEAR)
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
