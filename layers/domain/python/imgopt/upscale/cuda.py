"""Checks that CUDA computes correctly. Incompatible drivers and libraries only show when they are used."""

import base64
import zlib
from typing import TYPE_CHECKING

from imgopt.errors import NotConfigured
from imgopt.upscale.onnx_network import CUDA, open_onnx

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

# A packed ONNX model: one convolution of 3 x 3 ones, from x to y, both (1, 3, 16, 16), with zero padding.
SUMMING = (
    "eNrj4LS6ysxlycVYwcVYLsRYqcTinJ9XpiXKxZOdWpSXmhNfnJFYkOrA7MC8gJFdS5CLpSAxpdiBEQKBQkLsxaW5uZl56VpXmDiYIVCA0Ymx"
    "3OsIEwNDg/0opgxHSQOjRkiMS4SDUUiAi4mDEYiZgRjEFkgCSlbiknRi4WIQEAQAdvJViA=="
)
WARM_UP_SIDE = 16
TOLERANCE = 1e-3


def check_cuda() -> None:
    """Runs a small convolution on CUDA and compares the result. Raises NotConfigured with the reason as its cause."""
    import numpy

    image = numpy.random.default_rng(1).random((1, 3, WARM_UP_SIDE, WARM_UP_SIDE), numpy.float32)
    try:
        result = open_onnx(zlib.decompress(base64.b64decode(SUMMING)), CUDA)(image)
    except NotConfigured:
        raise
    except Exception as error:
        raise NotConfigured("CUDA is installed, but does not compute.") from error
    if abs(result - add_neighbours(image)).max() > TOLERANCE:
        raise NotConfigured("CUDA is installed, but computes wrong results.")


def add_neighbours(image: "NDArray[numpy.float32]") -> "NDArray[numpy.float32]":
    """Returns the result of the same convolution without a network, for an image of shape (1, 3, side, side)."""
    import numpy

    padded = numpy.pad(image.sum(1, keepdims=True), ((0, 0), (0, 0), (1, 1), (1, 1)))
    side = image.shape[2]
    sums = sum(padded[:, :, y : y + side, x : x + side] for y in range(3) for x in range(3))
    return numpy.broadcast_to(numpy.asarray(sums), image.shape)
