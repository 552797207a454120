"""Networks run by ONNX Runtime, behind an interface that tests and other runtimes can fill."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from imgopt.errors import NotAvailable
from imgopt.upscale.models import Device, Model, path_of

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

PROVIDERS = {Device.CPU: "CPUExecutionProvider", Device.CUDA: "CUDAExecutionProvider"}
# How its messages tell that memory ran out: there is no error of its own for that.
OUT_OF_MEMORY = ("out of memory", "failed to allocate", "bad_alloc", "alloc_failed")


class Network(Protocol):
    def __call__(self, batch: "NDArray[numpy.float32]", /) -> "NDArray[numpy.float32]":
        """RGB from 0 to 1 of shape (images, 3, height, width), made larger; MemoryError where that takes too much.

        Some networks leave out a margin, which is the same on all sides.
        """
        ...


@cache
def open_network(model: Model, device: Device) -> Network:
    """Raises NotAvailable where the model was not made, or CUDA is asked for and would not be used."""
    import onnxruntime

    path = path_of(model.name)
    if not path.exists():
        raise NotAvailable("Upscaling is not installed: its networks are missing.")
    if device is Device.CUDA:
        onnxruntime.preload_dlls()
    try:
        session = onnxruntime.InferenceSession(str(path), _options(device), providers=[PROVIDERS[device]])
    except Exception as error:  # what it raises has nothing else in common
        raise NotAvailable(f"Upscaling on {device} is not available.") from error
    session.disable_fallback()
    return SessionNetwork(session)


@dataclass(frozen=True)
class Runtime:
    """A device, and what opens networks on it."""

    device: Device
    open_on: Callable[[Model, Device], Network] = open_network

    def open(self, model: Model) -> Network:
        return self.open_on(model, self.device)


def best_runtime() -> Runtime:
    import onnxruntime

    has_cuda = PROVIDERS[Device.CUDA] in onnxruntime.get_available_providers()
    return Runtime(Device.CUDA if has_cuda else Device.CPU)


class SessionNetwork:
    def __init__(self, session: Any) -> None:
        self._session, self._entry = session, session.get_inputs()[0].name

    def __call__(self, batch: "NDArray[numpy.float32]", /) -> "NDArray[numpy.float32]":
        try:
            result: NDArray[numpy.float32] = self._session.run(None, {self._entry: batch})[0]
        except Exception as error:
            if any(sign in str(error).lower() for sign in OUT_OF_MEMORY):
                raise MemoryError(str(error)) from error
            raise
        return result


def _options(device: Device) -> Any:
    """One thread: processes run side by side. On CUDA nothing may be left to the CPU in silence."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    if device is Device.CUDA:
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    return options
