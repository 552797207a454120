"""Describes the colours of an image by counting pixels."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from imgopt.tagging.color_names import color_name

if TYPE_CHECKING:
    from PIL.Image import Image

# Shares of all pixels: of a colour that is named first; of one that is named at all; of all named ones together; and of
# "all".
FIRST_SHARE, LEAST_SHARE, DOMINANT_SHARE, WHOLE_SHARE = 0.3, 0.2, 0.7, 0.995
MOST_NAMES = 3
COLOR_SIDE = 96
CLUSTERS = 48
VISIBLE_ALPHA = 16  # of 255


def describe_colors(shares: Mapping[str, float]) -> str | None:
    """Returns such as "Mostly dark blue and white"; None where no few colours are dominant."""
    names = dominant_colors(shares)
    if not names:
        return None
    if shares[names[0]] >= WHOLE_SHARE:
        return f"All {names[0]}"
    return f"Mostly {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"Mostly {names[0]}"


def dominant_colors(shares: Mapping[str, float]) -> tuple[str, ...]:
    """Returns at most three names, the largest share first; none where they cover too little of the image."""
    large = sorted((name for name, share in shares.items() if share >= LEAST_SHARE), key=lambda name: -shares[name])
    names = tuple(large[:MOST_NAMES])
    named_share = sum(shares[name] for name in names)
    return names if names and shares[names[0]] >= FIRST_SHARE and named_share >= DOMINANT_SHARE else ()


def measure_colors(image: "Image") -> dict[str, float]:
    """Returns the share of each named colour, 0 to 1; empty where nothing is opaque.

    Takes an image in a mode of `imgopt.codecs.shared.color.normalize`. Transparent pixels don't count; translucent ones
    are put on white.
    """
    pixels: Counter[str] = Counter()
    for count, rgb in _find_clusters(image):
        pixels[color_name(rgb)] += count
    return {name: count / pixels.total() for name, count in pixels.items()}


def _find_clusters(image: "Image") -> list[tuple[int, bytes]]:
    """Returns clusters of the visible pixels on white: the number of pixels and the colour of each."""
    from PIL import Image

    from imgopt.codecs.shared.color import flatten

    size = (min(image.width, COLOR_SIDE), min(image.height, COLOR_SIDE))
    small = image.resize(size, Image.Resampling.BOX).convert("RGBA")
    alpha, data = small.getchannel("A").tobytes(), flatten(small).tobytes()
    visible = b"".join(data[3 * at : 3 * at + 3] for at, value in enumerate(alpha) if value >= VISIBLE_ALPHA)
    if not visible:
        return []
    row = Image.frombytes("RGB", (len(visible) // 3, 1), visible).quantize(CLUSTERS, Image.Quantize.MEDIANCUT)
    palette, counts = bytes(row.getpalette() or ()), cast("list[tuple[int, int]]", row.getcolors())
    return [(count, palette[3 * index : 3 * index + 3]) for count, index in counts]
