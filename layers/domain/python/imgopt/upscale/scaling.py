"""A whole image through a network, in tiles that fit into memory."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imgopt.errors import Unavailable
from imgopt.imaging.geometry import Size
from imgopt.upscale.inference import infer
from imgopt.upscale.models import Device, Model, NetworkChoice
from imgopt.upscale.row_buffer import RowBuffer
from imgopt.upscale.tiles import Span, Tile, cut_tile, grid, place_tile, spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy
    from numpy.typing import NDArray
    from PIL.Image import Image

    from imgopt.upscale.runtime import Network

    Pixels = NDArray[numpy.uint8]


@dataclass(frozen=True)
class TileRunner:
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
# Of each pixel of the source and of what is made of it: as Pillow has them and as bytes, and the latter with alpha.
SOURCE_BYTES, TARGET_BYTES = 5, 10
# Sides of a tile in pixels of the input: larger ones waste less on context, until memory or caches end.
LARGEST_TILE, CUDA_TILE, SMALLEST_TILE = 512, 512, 32


def enlarge(
    image: "Image", choice: NetworkChoice, size: Size, network: "Network", device: Device
) -> "tuple[Image, int]":
    """An RGB image, brought to a size, and how many tiles that took.

    Raises Unavailable where even small tiles need more memory than there is.
    """
    import numpy
    from PIL import Image

    source, tiles, model = Size(*image.size), 0, choice.model
    targets = [*(source.scaled(model.scale**number) for number in range(1, choice.passes)), size]
    side = tile_side(model, [source, *targets], device)
    runner = TileRunner(model, network, side, is_rigid=device is Device.CUDA)
    pixels = numpy.asarray(image)
    for target in targets:
        pixels, added = _enlarge_once(pixels, target, runner)
        tiles += added
    return Image.fromarray(pixels), tiles


@dataclass(frozen=True)
class Enlarger:
    """`enlarge` by one choice, on one device."""

    choice: NetworkChoice
    network: "Network"
    device: Device

    def __call__(self, image: "Image", size: Size) -> "tuple[Image, int]":
        return enlarge(image, self.choice, size, self.network, self.device)


def tile_side(model: Model, images: "Sequence[Size]", device: Device) -> int:
    """On a CPU what is left of memory beside the images, which are the source and what comes of each pass."""
    if device is Device.CUDA:
        return CUDA_TILE
    source, *made = (image.pixels for image in images)
    left = MEMORY - OWN_MEMORY - SOURCE_BYTES * source - TARGET_BYTES * sum(made)
    return min(max(model.side_within(left), SMALLEST_TILE), LARGEST_TILE)


def _enlarge_once(pixels: "Pixels", target: Size, runner: TileRunner) -> "tuple[Pixels, int]":
    """Begins again with smaller tiles where memory runs out, which it does at the first one if at all."""
    while runner.side >= SMALLEST_TILE:
        try:
            return _assemble(pixels, target, runner)
        except MemoryError:
            runner = replace(runner, side=runner.side // 2)
    raise Unavailable("Upscaling failed: there is not enough memory for this image.")


def _assemble(pixels: "Pixels", target: Size, runner: TileRunner) -> "tuple[Pixels, int]":
    (height, width, _), model = pixels.shape, runner.model
    buffer = RowBuffer(Size(width, height).scaled(model.scale), target)
    rows, columns = _cut_up(height, width, runner)
    finished = [row.start for row in rows[1:]] + [height]
    for row, stop in zip(rows, finished, strict=True):
        canvas, top = buffer.reserve(row.stop * model.scale)
        for column in columns:
            _run_tile(pixels, Tile(row, column), canvas, top, runner)
        buffer.commit(stop * model.scale)
    return buffer.pixels, len(rows) * len(columns)


def _cut_up(height: int, width: int, runner: TileRunner) -> list[list[Span]]:
    square = -(-height // runner.side), -(-width // runner.side)
    counts = square if runner.is_rigid else grid(height, width, runner.side, runner.model.context)
    return [spans(*each, runner.model.feather) for each in zip((height, width), counts, strict=True)]


def _run_tile(pixels: "Pixels", tile: Tile, canvas: "Pixels", top: int, runner: TileRunner) -> None:
    """One tile, onto a canvas whose first row is number `top`."""
    model, least = runner.model, runner.side + runner.model.feather if runner.is_rigid else 0
    seen, corner = cut_tile(pixels, tile, model.context, model.edge, least)
    target = tile.scaled(model.scale)
    place_tile(canvas, target.moved_up(top), infer(runner.network, seen, corner, target, model.scale))
