"""Detects drawings in few flat colours, and converts photographs to few colours."""

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

Color = tuple[int, int, int]
MAX_COLORS = 64
# A colour of a drawing fills 3 x 3 pixels somewhere. Other pixels are blends along edges, whose number is limited.
LEAST_CENTRES = 2
FLAT_SHARE = 0.7
VISIBLE = 32


def flat_colors(image: "Image") -> list[Color] | None:
    """Returns the colours of a drawing in RGBA, the largest area first; None where it has more than a few."""
    centres = _count(image, _centres(image))
    colors = [color for color, count in centres.most_common(MAX_COLORS) if count >= LEAST_CENTRES]
    counts = _count(image, image.getchannel("A"))
    covered = sum(counts[color] for color in colors)
    return colors if colors and covered >= counts.total() * FLAT_SHARE else None


def main_colors(image: "Image", count: int) -> list[Color]:
    """Returns the at most `count` colours that represent a photograph best."""
    from PIL import Image

    few = image.convert("RGB").quantize(count, method=Image.Quantize.MEDIANCUT, kmeans=1)
    values = few.getpalette() or [0, 0, 0]
    return [(values[at], values[at + 1], values[at + 2]) for at in range(0, len(values), 3)][:count]


def repaint(image: "Image", colors: list[Color], factor: int, brush: int) -> "Image":
    """Returns RGBA, `factor` times as large, in only these colours.

    Areas thinner than half of `brush` pixels are merged with their neighbours: seams of blends, and noise.
    """
    from PIL import Image, ImageFilter

    large = image.resize((image.width * factor, image.height * factor), Image.Resampling.BICUBIC)
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for color in colors + colors[-1:] * (256 - len(colors)) for value in color])
    numbers = large.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE)
    if brush > 1:  # the filter doesn't support palette images, so that indexes are used as mode L
        plain = Image.frombytes("L", numbers.size, numbers.tobytes()).filter(ImageFilter.ModeFilter(brush))
        numbers.frombytes(plain.tobytes())
    flat = numbers.convert("RGBA")
    flat.putalpha(large.getchannel("A"))
    return flat


def _centres(image: "Image") -> "Image":
    """Returns a mask of the visible pixels that equal their eight neighbours."""
    from PIL import ImageChops, ImageFilter

    highest, lowest = image.filter(ImageFilter.MaxFilter(3)), image.filter(ImageFilter.MinFilter(3))
    even = [band.point(lambda value: 0 if value else 255) for band in ImageChops.difference(highest, lowest).split()]
    mask = image.getchannel("A")
    for band in even:
        mask = ImageChops.darker(mask, band)
    return mask


def _count(image: "Image", mask: "Image") -> Counter[Color]:
    """Returns the number of pixels of each colour where the mask isn't 0."""
    counts: Counter[Color] = Counter()
    masked = image.copy()
    masked.putalpha(mask)
    for count, pixel in masked.getcolors(image.width * image.height) or ():
        red, green, blue, visible = pixel  # type: ignore[misc]  # of RGBA
        if visible >= VISIBLE:
            counts[red, green, blue] += count
    return counts
