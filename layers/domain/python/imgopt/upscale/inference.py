"""Runs one tile through a network, and again where the result is invalid."""

from typing import TYPE_CHECKING

from imgopt.errors import Unavailable
from imgopt.upscale.output_check import is_valid_output
from imgopt.upscale.tiles import Corner, Tile

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from imgopt.upscale.runtime import Network

ATTEMPTS = 2


def infer(
    network: "Network", pixels: "NDArray[numpy.uint8]", corner: Corner, target: Tile, scale: int
) -> "NDArray[numpy.uint8]":
    """Returns the target's part of the network's result for pixels (rows, columns, RGB).

    `corner` is where the target begins in the pixels. Raises Unavailable where the network gives no valid picture
    twice.
    """
    import numpy

    batch = numpy.ascontiguousarray(pixels.transpose(2, 0, 1)[None], numpy.float32) / numpy.float32(255)
    for _ in range(ATTEMPTS):
        result = _cut(network(batch)[0], pixels.shape, corner, target, scale)
        if is_valid_output(result, batch):
            return _to_bytes(result)
    raise Unavailable("Upscaling failed: the network gave no valid picture. Try again later.")


def _to_bytes(result: "NDArray[numpy.float32]") -> "NDArray[numpy.uint8]":
    import numpy

    levels = numpy.clip(result, 0, 1)
    levels *= 255
    levels += 0.5
    return levels.astype(numpy.uint8).transpose(1, 2, 0)


def _cut(
    result: "NDArray[numpy.float32]", seen: tuple[int, ...], corner: Corner, target: Tile, scale: int
) -> "NDArray[numpy.float32]":
    """Cuts the target out. Some networks leave out a margin, equal on all sides."""
    margin = (seen[0] * scale - result.shape[1]) // 2
    top, left = corner.top * scale - margin, corner.left * scale - margin
    bottom, right = top + target.rows.length, left + target.columns.length
    if top < 0 or left < 0 or bottom > result.shape[1] or right > result.shape[2]:
        raise ValueError(f"the network's output {result.shape} is too small")
    return result[:, top:bottom, left:right]
