"""How much an image loses where its colour has half the resolution."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

SAMPLE_SIDE = 1024


def loss_by_halving(image: "Image") -> float:
    """Root mean square, 0-255, of what halving takes from the worse chroma channel in the middle of an image.

    For mode L, LA, RGB or RGBA. Photos lie around 2, saturated drawings and coloured text at 3-10, grey at 0.
    """
    if image.mode in ("L", "LA"):
        return 0.0
    chroma = _middle(image).convert("RGB").convert("YCbCr").split()[1:]
    return max(map(_channel_loss, chroma))


def _middle(image: "Image") -> "Image":
    left, top = max(0, image.width - SAMPLE_SIDE) // 2, max(0, image.height - SAMPLE_SIDE) // 2
    return image.crop((left, top, min(image.width, left + SAMPLE_SIDE), min(image.height, top + SAMPLE_SIDE)))


def _channel_loss(channel: "Image") -> float:
    from PIL import ImageChops, ImageStat
    from PIL.Image import Resampling

    halved = channel.reduce(2).resize(channel.size, Resampling.BILINEAR)
    return float(ImageStat.Stat(ImageChops.difference(channel, halved)).rms[0])
