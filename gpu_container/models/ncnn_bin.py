"""ncnn's .bin: the weights of all layers, one after another."""

import math
from typing import TYPE_CHECKING

from gpu_container.models.ncnn_param import UnknownNetwork

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

# The tag before weights, which states their packing.
FLOAT32, FLOAT16 = 0, 0x01306B47
TAG_BYTES = ALIGNMENT = 4


class Weights:
    """The weights of a file, which are read in order."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def tagged(self, *shape: int) -> "NDArray[numpy.float32]":
        """The next weights with a tag, as 16 or 32 bits."""
        import numpy

        tag = int.from_bytes(self._data[self._at : self._at + TAG_BYTES], "little")
        self._at += TAG_BYTES
        if tag not in (FLOAT32, FLOAT16):
            raise UnknownNetwork(f"weights packed as {tag:#x}")
        return self._take(shape, numpy.dtype("<f2") if tag == FLOAT16 else numpy.dtype("<f4"))

    def plain(self, *shape: int) -> "NDArray[numpy.float32]":
        """The next weights without a tag, as 32 bits: biases and slopes."""
        import numpy

        return self._take(shape, numpy.dtype("<f4"))

    def finish(self) -> None:
        if self._at != len(self._data):
            raise UnknownNetwork(f"{len(self._data) - self._at} bytes of weights are left over")

    def _take(self, shape: tuple[int, ...], kind: "numpy.dtype[numpy.floating]") -> "NDArray[numpy.float32]":
        import numpy

        count = math.prod(shape)
        if self._at + count * kind.itemsize > len(self._data):
            raise UnknownNetwork("the weights end too early")
        values = numpy.frombuffer(self._data, kind, count, self._at)
        self._at += -(-count * kind.itemsize // ALIGNMENT) * ALIGNMENT
        return values.astype("<f4").reshape(shape)
