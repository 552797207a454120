"""A whole image through a network, in tiles that fit into memory."""

from typing import TYPE_CHECKING

from imgopt.errors import Unavailable
from imgopt.upscale.inference import infer
from imgopt.upscale.models import Choice, Device, Model
from imgopt.upscale.tiles import cut, look, place

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray
    from PIL.Image import Image

    from imgopt.upscale.session import Network

# Sides of a tile in pixels of the input: larger ones waste less on context, until memory or caches end.
TILE = {Device.CPU: 256, Device.CUDA: 512}
SMALLEST_TILE = 32


def enlarge(image: "Image", choice: Choice, network: "Network", device: Device) -> "tuple[Image, int]":
    """An RGB image, larger by the scale of the choice, and how many tiles that took.

    Raises Unavailable where even small tiles need more memory than there is.
    """
    import numpy
    from PIL import Image

    pixels, tiles = numpy.asarray(image), 0
    for _ in range(choice.passes):
        pixels, added = _enlarge_once(pixels, choice.model, network, TILE[device])
        tiles += added
    return Image.fromarray(pixels), tiles


def _enlarge_once(
    pixels: "NDArray[numpy.uint8]", model: Model, network: "Network", side: int
) -> "tuple[NDArray[numpy.uint8], int]":
    """Begins again with smaller tiles where memory runs out, which it does at the first one if at all."""
    while side >= SMALLEST_TILE:
        try:
            return _assemble(pixels, model, network, side)
        except MemoryError:
            side //= 2
    raise Unavailable("Upscaling failed: there is not enough memory for this image.")


def _assemble(
    pixels: "NDArray[numpy.uint8]", model: Model, network: "Network", side: int
) -> "tuple[NDArray[numpy.uint8], int]":
    import numpy

    height, width, channels = pixels.shape
    canvas = numpy.empty((height * model.scale, width * model.scale, channels), numpy.uint8)
    count = 0
    for tile in cut(height, width, side, model.feather):
        target = tile.scaled(model.scale)
        seen = look(pixels, tile, model.context)
        place(canvas, target, infer(network, seen, target.rows.length, target.columns.length))
        count += 1
    return canvas, count
