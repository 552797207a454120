"""Whether two pictures look the same to someone who sees one after the other."""

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

# Of 255. Where 3 x 3 pixels differ together, it isn't an edge that moved but an area that turned another colour.
MAX_AREA_DIFFERENCE = 6
# An edge that moves by half a pixel fills an 8 x 8 block by 16 in the mean, a vanished line by 32.
BLOCK, MAX_BLOCK_DIFFERENCE = 8, 20
MAX_MEAN_DIFFERENCE = 0.75


def look_the_same(first: bytes, second: bytes, tolerance: float = 1.0) -> bool:
    """Compares two PNGs of one size, colours on white and transparency each for itself."""
    from PIL import ImageChops, ImageFilter, ImageStat

    difference = ImageChops.difference(_layers(first), _layers(second))
    return (
        max(ImageStat.Stat(difference).mean) <= MAX_MEAN_DIFFERENCE * tolerance
        and _highest(difference.filter(ImageFilter.MinFilter(3))) <= MAX_AREA_DIFFERENCE * tolerance
        and _highest(difference.reduce(BLOCK)) <= MAX_BLOCK_DIFFERENCE * tolerance
    )


def _layers(png: bytes) -> "Image":
    """Red, green and blue on white, and alpha as a fourth band: white differs from nothing by it alone."""
    from PIL import Image

    with Image.open(BytesIO(png)) as opened:
        image = opened.convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return Image.merge("CMYK", (*flat.split()[:3], image.getchannel("A")))


def _highest(image: "Image") -> float:
    return max(band.getextrema()[1] for band in image.split())  # type: ignore[return-value]
