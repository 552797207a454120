"""A whole image through a network, in tiles that fit into memory."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imgopt.errors import Unavailable
from imgopt.pipeline.geometry import Size
from imgopt.upscale.bands import Bands
from imgopt.upscale.inference import infer
from imgopt.upscale.models import Choice, Device, Model
from imgopt.upscale.tiles import Span, Tile, grid, look, place, spans

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray
    from PIL.Image import Image

    from imgopt.upscale.session import Network

    Pixels = NDArray[numpy.uint8]
# Pixels beyond the image that networks are shown: without any, its rim would come out as they make it at their own.
EDGE = 8


@dataclass(frozen=True)
class Press:
    """A network, and the sides of its tiles in pixels of the input.

    Where it is rigid, as on CUDA, all tiles have one shape, whatever the image: those of several images can share a
    batch, and no kernel is chosen anew.
    """

    model: Model
    network: "Network"
    side: int
    is_rigid: bool


# What a process may take in all, and what it takes before it has an image.
MEMORY, OWN_MEMORY = 900_000_000, 100_000_000
# An image is there as Pillow has it and as bytes; its source, too.
BYTES_PER_PIXEL = 7
# Sides of a tile in pixels of the input: larger ones waste less on context, until memory or caches end.
LARGEST_TILE, CUDA_TILE, SMALLEST_TILE = 512, 512, 32


def enlarge(image: "Image", choice: Choice, size: Size, network: "Network", device: Device) -> "tuple[Image, int]":
    """An RGB image, brought to a size, and how many tiles that took.

    Raises Unavailable where even small tiles need more memory than there is.
    """
    import numpy
    from PIL import Image

    source, tiles = Size(*image.size), 0
    side = tile_side(choice.model, source, size, device)
    press = Press(choice.model, network, side, is_rigid=device is Device.CUDA)
    pixels = numpy.asarray(image)
    for target in targets(source, choice, size):
        pixels, added = _enlarge_once(pixels, target, press)
        tiles += added
    return Image.fromarray(pixels), tiles


def targets(source: Size, choice: Choice, size: Size) -> list[Size]:
    """The size after each pass: the next one makes of it no more than is needed."""
    found, scale = [size], choice.model.scale
    for number in range(choice.passes - 1, 0, -1):
        most, after = source.scaled(scale**number), found[0]
        found.insert(0, Size(min(most.width, -(-after.width // scale)), min(most.height, -(-after.height // scale))))
    return found


def tile_side(model: Model, source: Size, target: Size, device: Device) -> int:
    """On a CPU what is left of memory beside the images."""
    if device is Device.CUDA:
        return CUDA_TILE
    left = MEMORY - OWN_MEMORY - BYTES_PER_PIXEL * (source.pixels + target.pixels)
    return min(max(model.side_within(left), SMALLEST_TILE), LARGEST_TILE)


def _enlarge_once(pixels: "Pixels", target: Size, press: Press) -> "tuple[Pixels, int]":
    """Begins again with smaller tiles where memory runs out, which it does at the first one if at all."""
    while press.side >= SMALLEST_TILE:
        try:
            return _assemble(pixels, target, press)
        except MemoryError:
            press = replace(press, side=press.side // 2)
    raise Unavailable("Upscaling failed: there is not enough memory for this image.")


def _assemble(pixels: "Pixels", target: Size, press: Press) -> "tuple[Pixels, int]":
    (height, width, _), model = pixels.shape, press.model
    bands = Bands(Size(width, height).scaled(model.scale), target)
    rows, columns = _cut_up(height, width, press)
    finished = [row.start for row in rows[1:]] + [height]
    for row, stop in zip(rows, finished, strict=True):
        canvas, top = bands.open(row.stop * model.scale)
        for column in columns:
            _press(pixels, Tile(row, column), canvas, top, press)
        bands.close(stop * model.scale)
    return bands.pixels, len(rows) * len(columns)


def _cut_up(height: int, width: int, press: Press) -> list[list[Span]]:
    square = -(-height // press.side), -(-width // press.side)
    counts = square if press.is_rigid else grid(height, width, press.side, press.model.context)
    return [spans(*each, press.model.feather) for each in zip((height, width), counts, strict=True)]


def _press(pixels: "Pixels", tile: Tile, canvas: "Pixels", top: int, press: Press) -> None:
    """One tile, onto a canvas whose first row is number `top`."""
    model, least = press.model, press.side + press.model.feather if press.is_rigid else 0
    seen, corner = look(pixels, tile, model.context, EDGE, least)
    target = tile.scaled(model.scale)
    place(canvas, target.moved_up(top), infer(press.network, seen, corner, target, model.scale))
