"""How much an image loses where its colour has half the resolution."""

from typing import TYPE_CHECKING

from imgopt.codecs.shared.sampling import take_tiles

if TYPE_CHECKING:
    from PIL.Image import Image

# A large image is judged by tiles spread evenly over it, so many each way.
TILES, TILE_SIDE = 4, 128
# In steps of 0-255 of a chroma channel. Of several measures, the share above it tells best which JPEGs are smaller
# with full chroma at the same SSIMULACRA2.
SHOWS = 12


def visible_chroma_loss(image: "Image") -> float:
    """The share of pixels, 0-1, whose colour visibly changes where its resolution is halved.

    For mode L, LA, RGB or RGBA. Most photos lie below 0.01, saturated drawings and coloured text at 0.02-0.2.
    """
    if image.mode in ("L", "LA"):
        return 0.0
    chroma = take_tiles(image, TILES, TILE_SIDE).convert("RGB").convert("YCbCr").split()[1:]
    return max(map(_changed_share, chroma))


def _changed_share(channel: "Image") -> float:
    from PIL import ImageChops
    from PIL.Image import Resampling

    halved = channel.reduce(2).resize(channel.size, Resampling.BILINEAR)
    changes = ImageChops.difference(channel, halved).histogram()
    return sum(changes[SHOWS:]) / (channel.width * channel.height)
