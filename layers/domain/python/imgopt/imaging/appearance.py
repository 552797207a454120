"""A description of an image in a few bytes, which a page can show before the image is loaded."""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeAlias

from imgopt.imaging.thumbhash import make_thumbhash

if TYPE_CHECKING:
    from PIL.Image import Image

Color: TypeAlias = tuple[int, ...]
# ThumbHash keeps at most 7 frequencies along a side. Its usual input, 100 pixels a side, has the same hash.
HASHED_SIDE = 32
# Pixels of the longer side after the first reduction.
SIDE_SEEN = 2 * HASHED_SIDE
MOST_COLORS, COLORS_TRIED = 5, 16
# Of 255 in one channel: colours that differ by less count as one.
NEAREST_COLOR = 32
# Of 255: colours of pixels with less alpha don't count.
LEAST_ALPHA = 128


@dataclass(frozen=True)
class Appearance:
    """`thumbhash` is base64. `colors` are `#rrggbb` in sRGB, the most frequent first; none where all is transparent."""

    thumbhash: str
    colors: tuple[str, ...]


def describe_appearance(image: "Image") -> Appearance:
    """Describes a picture of mode L, LA, RGB or RGBA."""
    small = _shrink(image)
    return Appearance(b64encode(make_thumbhash(small)).decode(), tuple(_find_colors(small)))


def _shrink(image: "Image") -> "Image":
    """Returns a small RGBA copy. Whole blocks are averaged first, which needs no copy in full size."""
    small = image.reduce(max(1, max(image.size) // SIDE_SEEN)).convert("RGBA")
    small.thumbnail((HASHED_SIDE, HASHED_SIDE))
    return small


def _find_colors(small: "Image") -> list[str]:
    """Returns the mean colours of median cut's groups, without those that are near a more frequent one."""
    from PIL import Image

    rgba = zip(*[iter(small.tobytes())] * 4, strict=True)
    seen = [color for *color, alpha in rgba if alpha >= LEAST_ALPHA]
    if not seen:
        return []
    row = Image.frombytes("RGB", (len(seen), 1), bytes(chain.from_iterable(seen)))
    grouped = row.quantize(COLORS_TRIED, method=Image.Quantize.MEDIANCUT)
    palette, counts = grouped.getpalette() or [], Counter(grouped.tobytes())
    frequent = (tuple(palette[3 * index : 3 * index + 3]) for index, _ in counts.most_common())
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in islice(_distinct(frequent), MOST_COLORS)]


def _distinct(colors: Iterable[Color]) -> Iterator[Color]:
    taken: list[Color] = []
    for color in colors:
        if all(
            max(abs(one - other) for one, other in zip(color, each, strict=True)) >= NEAREST_COLOR for each in taken
        ):
            taken.append(color)
            yield color
