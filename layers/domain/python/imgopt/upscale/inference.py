"""One tile through a network, and whether what comes out can be right."""

from typing import TYPE_CHECKING

from imgopt.errors import Unavailable

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from imgopt.upscale.session import Network

ATTEMPTS = 2
# Standard deviations, of values from 0 to 1. What varies as much as the first can't become as even as the second.
VARIED, FLAT = 0.03, 0.001


def infer(network: "Network", pixels: "NDArray[numpy.uint8]", height: int, width: int) -> "NDArray[numpy.float32]":
    """The middle of what a network makes of pixels (rows, columns, RGB), 0-255, cut to a height and a width.

    Raises Unavailable where the network gives no picture, even when asked again.
    """
    import numpy

    batch = numpy.ascontiguousarray(pixels.transpose(2, 0, 1)[None], numpy.float32) / numpy.float32(255)
    for _ in range(ATTEMPTS):
        result = _middle(network(batch)[0], height, width)
        if _is_picture(result, batch):
            return numpy.clip(result, 0, 1).transpose(1, 2, 0) * numpy.float32(255)
    raise Unavailable("Upscaling failed: the network gave no picture.")


def _middle(result: "NDArray[numpy.float32]", height: int, width: int) -> "NDArray[numpy.float32]":
    top, left = (result.shape[1] - height) // 2, (result.shape[2] - width) // 2
    if top < 0 or left < 0:
        raise ValueError(f"the network gave {result.shape}, and {height} x {width} are needed")
    return result[:, top : top + height, left : left + width]


def _is_picture(result: "NDArray[numpy.float32]", batch: "NDArray[numpy.float32]") -> bool:
    import numpy

    if not numpy.isfinite(result).all():
        return False
    return bool(result.std() > FLAT or batch.std() < VARIED)
