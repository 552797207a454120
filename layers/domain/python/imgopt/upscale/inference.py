"""One tile through a network, asked again where what comes out can't be right."""

from typing import TYPE_CHECKING

from imgopt.errors import Unavailable
from imgopt.upscale.pictures import is_picture
from imgopt.upscale.tiles import Tile

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from imgopt.upscale.session import Network

ATTEMPTS = 2


def infer(network: "Network", pixels: "NDArray[numpy.uint8]", target: Tile, least: int = 0) -> "NDArray[numpy.float32]":
    """What a network makes of pixels (rows, columns, RGB), 0-255, without what is around the target.

    The target has sides of at least `least` in what comes out, and is at its beginning.
    Raises Unavailable where the network gives no picture, even when asked again.
    """
    import numpy

    batch = numpy.ascontiguousarray(pixels.transpose(2, 0, 1)[None], numpy.float32) / numpy.float32(255)
    height, width = target.rows.length, target.columns.length
    for _ in range(ATTEMPTS):
        result = _middle(network(batch)[0], max(height, least), max(width, least))[:, :height, :width]
        if is_picture(result, batch):
            return numpy.clip(result, 0, 1).transpose(1, 2, 0) * numpy.float32(255)
    raise Unavailable("Upscaling failed: the network gave no picture.")


def _middle(result: "NDArray[numpy.float32]", height: int, width: int) -> "NDArray[numpy.float32]":
    top, left = (result.shape[1] - height) // 2, (result.shape[2] - width) // 2
    if top < 0 or left < 0:
        raise ValueError(f"the network gave {result.shape}, and {height} x {width} are needed")
    return result[:, top : top + height, left : left + width]
