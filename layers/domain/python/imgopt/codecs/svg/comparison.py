"""Compares two pictures as a viewer sees them one after the other."""

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

# Of 255. Where 3 x 3 pixels differ together, an area has changed its colour, not only an edge its place.
MAX_AREA_DIFFERENCE = 6
# The mean difference of an 8 x 8 block is 16 where an edge moves by half a pixel, 32 where a line disappears.
BLOCK, MAX_BLOCK_DIFFERENCE = 8, 20
MAX_MEAN_DIFFERENCE = 0.75


def look_the_same(first: bytes, second: bytes, tolerance: float = 1.0) -> bool:
    """Compares two PNGs of one size: the colours on white, and the transparency."""
    from PIL import ImageChops, ImageFilter, ImageStat

    difference = ImageChops.difference(_layers(first), _layers(second))
    return (
        max(ImageStat.Stat(difference).mean) <= MAX_MEAN_DIFFERENCE * tolerance
        and _highest(difference.filter(ImageFilter.MinFilter(3))) <= MAX_AREA_DIFFERENCE * tolerance
        and _highest(difference.reduce(BLOCK)) <= MAX_BLOCK_DIFFERENCE * tolerance
    )


def _layers(png: bytes) -> "Image":
    """Returns red, green and blue on white, and alpha as a fourth band, because white on white wouldn't differ."""
    from PIL import Image

    with Image.open(BytesIO(png)) as opened:
        image = opened.convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return Image.merge("CMYK", (*flat.split()[:3], image.getchannel("A")))


def _highest(image: "Image") -> float:
    return max(band.getextrema()[1] for band in image.split())  # type: ignore[return-value]  # numbers, of one band
