"""`python -m benchmarks.gpu`: megapixels per second of the networks on the GPU of this machine, as a Markdown table.

Sessions get tiles that are already in GPU memory, and leave their results there. `upscale` does everything from an
image in memory to a larger one. If torch is installed, it runs the same graphs. The bounds are those of `roofline`. The
benchmark needs the groups gpu, imaging and models, and the networks: `python -m gpu_container.models.half_precision`.
"""

import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy
import onnxruntime

from benchmarks.gpu_runs import CUDA, Run, bound, in_torch, open_session, speed_of, upscaling, within
from benchmarks.roofline import Card, card_of, work_of
from imgopt.networks import path_of
from imgopt.upscale.models import ANIME, X4PLUS, Device, Model
from imgopt.upscale.runtime import Runtime

FILES = {"fp16": "{}-fp16", "fp32": "{}"}
SIDES, BATCHES = (128, 256, 512), (1, 4, 8)
COLUMNS = ("network", "precision", "by", "tile", "batch", "MP/s", "of computing", "of moving")


@dataclass(frozen=True)
class Row:
    """A row. `bounds` are the upper bounds in megapixels per second, by computation and by memory bandwidth."""

    model: Model
    precision: str
    bounds: tuple[float, ...]
    by: str = ""
    side: int | None = None
    batch: int | None = None

    def report(self, run: Run) -> None:
        try:
            speed = speed_of(run)
        except Exception as error:  # mostly out of memory, for which each library has another error
            results = [type(error).__name__]
        else:
            results = [f"{speed:.1f}", *(f"{speed / bound:.0%}" for bound in self.bounds)]
        say([self.model.name, self.precision, self.by, self.side or "", self.batch or "", *results])


def main() -> None:
    name = card_name()
    card = card_of(name)
    print(f"{name}, ONNX Runtime {onnxruntime.__version__}. Bounds: {card.source if card else 'card not known'}.\n")
    say(COLUMNS)
    say(["---"] * len(COLUMNS))
    for model in (ANIME, X4PLUS):
        for precision, file in FILES.items():
            measure(model, precision, path_of(file.format(model.name)), card)
        Row(model, "as served", (), "upscale").report(upscaling(model, Runtime(Device.CUDA)))


def card_name() -> str:
    """The name of the GPU. Exits if ONNX Runtime can't use one."""
    if CUDA not in onnxruntime.get_available_providers():
        sys.exit("this ONNX Runtime has no CUDA; it takes an environment with the group gpu")
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        sys.exit("there is no NVIDIA GPU here")


def measure(model: Model, precision: str, path: Path, card: Card | None) -> None:
    row = Row(model, precision, work_of(path).bounds(card, precision) if card else ())
    session = open_session(path)
    for side in SIDES:
        for batch in BATCHES:
            tiles = numpy.random.default_rng(1).random((batch, 3, side, side), numpy.float32)
            sized = replace(row, side=side, batch=batch)
            replace(sized, by="session").report(bound(session, tiles))
            if importlib.util.find_spec("torch"):
                for compiled, by in ((False, "torch"), (True, "torch, compiled")):
                    replace(sized, by=by).report(in_torch(path_of(model.name), precision, tiles, compiled=compiled))
    replace(row, by="upscale").report(upscaling(model, within(session)))


def say(cells: Sequence[object]) -> None:
    print("|", *(f"{cell} |" for cell in [*cells, "", ""][: len(COLUMNS)]), flush=True)


if __name__ == "__main__":
    main()
