"""Pictures in few colours: drawings that are so already, told from photographs, which can be made so."""

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

Color = tuple[int, int, int]
MAX_COLORS = 64
# A colour of the drawing itself fills 3 x 3 pixels somewhere. The rest are blends along edges, and not too many.
LEAST_CENTRES = 2
FLAT_SHARE = 0.7
VISIBLE = 32


def flat_colors(image: "Image") -> list[Color] | None:
    """The colours that an RGBA image is drawn in, the largest area first; None where it isn't made of few."""
    centres = _count(image, _centres(image))
    colors = [color for color, count in centres.most_common(MAX_COLORS) if count >= LEAST_CENTRES]
    counts = _count(image, image.getchannel("A"))
    covered = sum(counts[color] for color in colors)
    return colors if colors and covered >= counts.total() * FLAT_SHARE else None


def main_colors(image: "Image", count: int) -> list[Color]:
    """At most `count` colours that come closest to those of a photograph."""
    from PIL import Image

    few = image.convert("RGB").quantize(count, method=Image.Quantize.MEDIANCUT, kmeans=1)
    values = few.getpalette() or [0, 0, 0]
    return [(values[at], values[at + 1], values[at + 2]) for at in range(0, len(values), 3)][:count]


def repaint(image: "Image", colors: list[Color], factor: int, brush: int) -> "Image":
    """RGBA, `factor` times as large, of these colours alone.

    What is thinner than half of `brush` pixels goes to its neighbours: the seams that blends would leave, and noise.
    """
    from PIL import Image, ImageFilter

    large = image.resize((image.width * factor, image.height * factor), Image.Resampling.BICUBIC)
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for color in colors + colors[-1:] * (256 - len(colors)) for value in color])
    numbers = large.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE)
    if brush > 1:  # the modes of bytes that are numbers of colours, which a palette image would not take
        plain = Image.frombytes("L", numbers.size, numbers.tobytes()).filter(ImageFilter.ModeFilter(brush))
        numbers.frombytes(plain.tobytes())
    flat = numbers.convert("RGBA")
    flat.putalpha(large.getchannel("A"))
    return flat


def _centres(image: "Image") -> "Image":
    """A mask of the visible pixels whose eight neighbours are like them."""
    from PIL import ImageChops, ImageFilter

    highest, lowest = image.filter(ImageFilter.MaxFilter(3)), image.filter(ImageFilter.MinFilter(3))
    even = [band.point(lambda value: 0 if value else 255) for band in ImageChops.difference(highest, lowest).split()]
    mask = image.getchannel("A")
    for band in even:
        mask = ImageChops.darker(mask, band)
    return mask


def _count(image: "Image", mask: "Image") -> Counter[Color]:
    """Pixels by colour where a mask is not dark."""
    counts: Counter[Color] = Counter()
    masked = image.copy()
    masked.putalpha(mask)
    for count, pixel in masked.getcolors(image.width * image.height) or ():
        red, green, blue, visible = pixel  # type: ignore[misc]
        if visible >= VISIBLE:
            counts[red, green, blue] += count
    return counts
