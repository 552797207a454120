"""The interface of networks, which tests and other runtimes can implement, and their devices."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

from imgopt.errors import NotConfigured
from imgopt.networks import half_path_of, ncnn_path_of, path_of
from imgopt.telemetry import logger
from imgopt.upscale.cuda import check_cuda
from imgopt.upscale.models import Device, Model
from imgopt.upscale.ncnn_network import open_ncnn
from imgopt.upscale.onnx_network import CUDA, HalfNetwork, open_onnx

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

__all__ = ["Network", "Runtime", "best_runtime", "check_cuda", "open_network"]


class Network(Protocol):
    def __call__(self, batch: "NDArray[numpy.float32]", /) -> "NDArray[numpy.float32]":
        """Enlarges RGB from 0 to 1, of shape (images, 3, height, width). Raises MemoryError where that needs too much.

        Some networks leave out a margin, equal on all sides.
        """
        ...


@cache
def open_network(model: Model, device: Device) -> Network:
    """Opens a model. Raises NotConfigured where its file is missing, or CUDA is requested but would not be used."""
    path = ncnn_path_of(model.name) if device is Device.CPU else path_of(model.name)
    if not path.exists():
        raise NotConfigured("Upscaling is not installed: its networks are missing.")
    if device is Device.CPU:
        return open_ncnn(path)
    half = half_path_of(model.name)
    return HalfNetwork(half, path) if half.exists() else open_onnx(path, CUDA)


@dataclass(frozen=True)
class Runtime:
    """A device, and the function that opens networks on it."""

    device: Device
    open_on: Callable[[Model, Device], Network] = open_network

    def open(self, model: Model) -> Network:
        return self.open_on(model, self.device)


@cache
def best_runtime() -> Runtime:
    """Returns CUDA where it computes, else the CPU. Without ONNX Runtime, as on Lambda, the CPU is used silently."""
    try:
        import onnxruntime
    except ImportError:
        return Runtime(Device.CPU)
    if CUDA not in onnxruntime.get_available_providers():
        return Runtime(Device.CPU)
    try:
        check_cuda()
    except NotConfigured as error:
        logger.warning("CUDA is not used", reason=str(error), cause=repr(error.__cause__))
        return Runtime(Device.CPU)
    return Runtime(Device.CUDA)
