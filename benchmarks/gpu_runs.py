"""Ways to run a network on a GPU. Each is a function that runs it once and returns the number of output pixels."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy
import onnxruntime
from PIL import Image

from imgopt.imaging.kinds import PictureKind
from imgopt.upscale.models import Device, Model
from imgopt.upscale.runtime import Runtime
from imgopt.upscale.service import upscale

CUDA, MEMORY = "CUDAExecutionProvider", "cuda"
PHOTO_SIZE = (1600, 1200)
WARM_RUNS, RUNS = 3, 10
Run = Callable[[], int]


def speed_of(run: Run) -> float:
    """The median in megapixels per second."""
    seconds = []
    for _ in range(WARM_RUNS + RUNS):
        started = time.perf_counter()
        pixels = run()
        seconds.append(time.perf_counter() - started)
    return pixels / median(seconds[WARM_RUNS:]) / 1e6


def open_session(path: Path) -> Any:
    onnxruntime.preload_dlls()
    session = onnxruntime.InferenceSession(str(path), providers=[CUDA])
    session.disable_fallback()
    return session


def bound(session: Any, tiles: numpy.ndarray) -> Run:
    """A run whose tiles and results stay in GPU memory."""
    binding = session.io_binding()
    on_card = onnxruntime.OrtValue.ortvalue_from_numpy(tiles, MEMORY, 0)
    binding.bind_ortvalue_input(session.get_inputs()[0].name, on_card)
    binding.bind_output(session.get_outputs()[0].name, MEMORY)

    def run() -> int:
        session.run_with_iobinding(binding)
        images, _, height, width = binding.get_outputs()[0].shape()
        return int(images * height * width)

    return run


def within(session: Any) -> Runtime:
    """A runtime with which `upscale` uses this session."""
    entry = session.get_inputs()[0].name
    return Runtime(Device.CUDA, lambda model, device: lambda batch: session.run(None, {entry: batch})[0])


def upscaling(model: Model, runtime: Runtime) -> Run:
    """A run on a photo of two megapixels, including all steps around the network."""
    y, x = numpy.mgrid[0 : PHOTO_SIZE[1], 0 : PHOTO_SIZE[0]]
    waves = numpy.stack([numpy.sin(x / 5 + y / 9), numpy.cos(x / 11), numpy.sin(y / 4)], axis=-1)
    image = Image.fromarray((128 + 100 * waves).astype(numpy.uint8))

    def run() -> int:
        larger = upscale(image, model.scale, kind=PictureKind.PHOTO, runtime=runtime)[0]
        return larger.width * larger.height

    return run


def in_torch(path: Path, precision: str, tiles: numpy.ndarray, *, compiled: bool) -> Run:
    """A run whose tiles and results stay in GPU memory, with channels last, which is fastest on tensor cores."""
    import torch

    from benchmarks.onnx_in_torch import InTorch

    kind = torch.half if precision == "fp16" else torch.float
    torch.backends.cudnn.benchmark = torch.backends.cudnn.allow_tf32 = True
    whole = InTorch(path).eval().to(MEMORY, kind).to(memory_format=torch.channels_last)
    images = torch.from_numpy(tiles).to(MEMORY, kind).to(memory_format=torch.channels_last)
    network = torch.compile(whole) if compiled else whole

    def run() -> int:
        with torch.inference_mode():
            result = network(images)
            torch.cuda.synchronize()
        return int(result.numel()) // 3

    return run
