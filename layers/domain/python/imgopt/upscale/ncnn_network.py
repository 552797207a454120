"""Runs networks by ncnn on a CPU. Its Winograd convolutions take a third of the time of plain ones."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgopt.ncnn_net import open_ncnn_net
from imgopt.settings import settings

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray


class NcnnNetwork:
    """A `Network` that several threads may use."""

    def __init__(self, net: Any) -> None:
        self._net, self._entry, self._exit = net, net.input_names()[0], net.output_names()[0]

    def __call__(self, batch: "NDArray[numpy.float32]", /) -> "NDArray[numpy.float32]":
        import numpy

        return numpy.stack([self._run(numpy.ascontiguousarray(image)) for image in batch])

    def _run(self, image: "NDArray[numpy.float32]") -> Any:
        """Returns ncnn's output, which can be read as an array while the object exists."""
        import ncnn

        extractor = self._net.create_extractor()
        extractor.input(self._entry, ncnn.Mat(image))  # the input refers to the image's memory
        status, result = extractor.extract(self._exit)
        if status != 0:
            raise MemoryError("ncnn could not allocate memory for a tile")
        return result


def open_ncnn(param: Path) -> NcnnNetwork:
    """Opens a `.param` file and the `.bin` file beside it. Raises NotConfigured where either can't be read."""
    return NcnnNetwork(open_ncnn_net(param, settings().upscale_threads))
