"""Runs networks by ONNX Runtime; on CUDA in half precision where that gives a valid picture."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgopt.errors import NotConfigured
from imgopt.upscale.output_check import is_valid_output

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

CUDA = "CUDAExecutionProvider"
# An exhaustive search of algorithms for each tile shape would take longer than most images.
CUDA_OPTIONS = {"cudnn_conv_algo_search": "HEURISTIC", "prefer_nhwc": "1"}
# Texts in errors about exhausted memory, for which ONNX Runtime has no error class.
OUT_OF_MEMORY = ("out of memory", "failed to allocate", "bad_alloc", "alloc_failed")


class OnnxNetwork:
    """A `Network`."""

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


class HalfNetwork:
    """A network in half precision. Images on which it overflows are run again in full precision."""

    def __init__(self, half: Path, full: Path, provider: str = CUDA) -> None:
        self._half, self._path, self._provider = open_onnx(half, provider), full, provider

    def __call__(self, batch: "NDArray[numpy.float32]", /) -> "NDArray[numpy.float32]":
        result = self._half(batch)
        spoiled = [index for index, image in enumerate(batch) if not is_valid_output(result[index], image)]
        if spoiled:
            result[spoiled] = self._full(batch[spoiled])
        return result

    @cached_property
    def _full(self) -> OnnxNetwork:
        return open_onnx(self._path, self._provider)


def open_onnx(model: Path | bytes, provider: str) -> OnnxNetwork:
    """Opens a model. Raises NotConfigured where it can't be read, or the provider can't run all of it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    providers: list[Any] = [provider]
    if provider == CUDA:
        onnxruntime.preload_dlls()
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
        providers = [(provider, CUDA_OPTIONS)]
    source = model if isinstance(model, bytes) else str(model)
    try:
        session = onnxruntime.InferenceSession(source, options, providers=providers)
    except Exception as error:  # its errors have no other base class
        raise NotConfigured("Upscaling on this device is not available.") from error
    if session.get_providers()[0] != provider:
        raise NotConfigured("Upscaling on this device is not available.") from RuntimeError(
            f"{provider} was requested, but {session.get_providers()[0]} would be used"
        )
    session.disable_fallback()
    return OnnxNetwork(session)
