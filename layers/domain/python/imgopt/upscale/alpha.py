"""Colour under transparency, which networks see though nobody else does."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


def bleed(image: "Image") -> "Image":
    """RGB of an image in LA or RGBA: what is wholly transparent takes the colours of what is visible nearby.

    Ever smaller copies fill the gaps: in each, pixels average those of the one before that have a colour.
    """
    from PIL import Image

    if image.mode != "RGBA":
        image = image.convert("RGBA")
    visible = image.getchannel("A").point(lambda value: 255 if value else 0)
    if not visible.histogram()[0] or max(image.size) == 1:
        return image.convert("RGB")
    solid = image.copy()
    solid.putalpha(visible)
    ground = bleed(solid.reduce(2)).resize(image.size, Image.Resampling.BILINEAR)
    return Image.composite(image.convert("RGB"), ground, visible)
