"""How much an image loses where its colour has half the resolution."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

# A large image is judged by tiles spread evenly over it, so many each way.
TILES, TILE_SIDE = 4, 128
# In steps of 0-255 of a chroma channel. Of several measures, the share above it tells best which JPEGs are smaller
# with full chroma at the same SSIMULACRA2.
SHOWS = 12


def share_that_shows(image: "Image") -> float:
    """The share of pixels, 0-1, whose colour visibly changes where its resolution is halved.

    For mode L, LA, RGB or RGBA. Most photos lie below 0.01, saturated drawings and coloured text at 0.02-0.2.
    """
    if image.mode in ("L", "LA"):
        return 0.0
    chroma = _sample(image).convert("RGB").convert("YCbCr").split()[1:]
    return max(map(_changed_share, chroma))


def _sample(image: "Image") -> "Image":
    """Tiles of the image side by side, or all of it where it isn't larger than they are together."""
    from PIL import Image

    (columns, width), (rows, height) = _cut(image.width), _cut(image.height)
    sample = Image.new(image.mode, (len(columns) * width, len(rows) * height))
    for column, left in enumerate(columns):
        for row, top in enumerate(rows):
            tile = image.crop((left, top, left + width, top + height))
            sample.paste(tile, (column * width, row * height))
    return sample


def _cut(side: int) -> tuple[list[int], int]:
    """Where the tiles along a side begin, and how long each is."""
    if side <= TILES * TILE_SIDE:
        return [0], side
    return [(side - TILE_SIDE) * tile // (TILES - 1) for tile in range(TILES)], TILE_SIDE


def _changed_share(channel: "Image") -> float:
    from PIL import ImageChops
    from PIL.Image import Resampling

    halved = channel.reduce(2).resize(channel.size, Resampling.BILINEAR)
    changes = ImageChops.difference(channel, halved).histogram()
    return sum(changes[SHOWS:]) / (channel.width * channel.height)
