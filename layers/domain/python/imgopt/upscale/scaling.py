"""Runs a whole image through a network, in tiles that fit into memory."""

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

    With `is_rigid`, as on CUDA, all tiles have the same shape: then several images can share a batch, and kernels are
    chosen once.
    """

    model: Model
    network: "Network"
    side: int
    is_rigid: bool


# Bytes of memory of the process, and of the process before it has an image.
MEMORY, OWN_MEMORY = 900_000_000, 100_000_000
# Bytes per pixel of the source and of the result: in Pillow and as arrays; the result also with alpha.
SOURCE_BYTES, TARGET_BYTES = 5, 10
# Sides of a tile in pixels of the input. Larger tiles waste less on context, until they exceed memory or caches.
LARGEST_TILE, CUDA_TILE, SMALLEST_TILE = 512, 512, 32


def enlarge(
    image: "Image", choice: NetworkChoice, size: Size, network: "Network", device: Device
) -> "tuple[Image, int]":
    """Enlarges an RGB image to a size. Returns it, and the number of tiles.

    Raises Unavailable where even small tiles need too much memory.
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
    """Calls `enlarge` with one choice on one device."""

    choice: NetworkChoice
    network: "Network"
    device: Device

    def __call__(self, image: "Image", size: Size) -> "tuple[Image, int]":
        return enlarge(image, self.choice, size, self.network, self.device)


def tile_side(model: Model, images: "Sequence[Size]", device: Device) -> int:
    """Returns a tile's side. On a CPU it depends on the memory that is left beside the images: the source and each
    pass's result.
    """
    if device is Device.CUDA:
        return CUDA_TILE
    source, *made = (image.pixels for image in images)
    left = MEMORY - OWN_MEMORY - SOURCE_BYTES * source - TARGET_BYTES * sum(made)
    return min(max(model.side_within(left), SMALLEST_TILE), LARGEST_TILE)


def _enlarge_once(pixels: "Pixels", target: Size, runner: TileRunner) -> "tuple[Pixels, int]":
    """Runs one pass. Begins again with smaller tiles where memory is exhausted, which happens at the first tile."""
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
    """Runs one tile and puts it onto a canvas whose first row is number `top`."""
    model, least = runner.model, runner.side + runner.model.feather if runner.is_rigid else 0
    seen, corner = cut_tile(pixels, tile, model.context, model.edge, least)
    target = tile.scaled(model.scale)
    place_tile(canvas, target.moved_up(top), infer(runner.network, seen, corner, target, model.scale))
