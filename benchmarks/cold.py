"""`make bench-cold` measures the cold start of each function: CPU time of its imports, and the size of its layers.

The functions are those of the templates. Times are the minimum of some fresh processes with bytecode, as in layers. The
time to the first pixel is the wall time until a JPEG is decoded in the state Optimize, with all cores.
"""

import compileall
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from imgopt.imaging.steps.decode import decode
from local import synth
from local.environment import ROOT

RUNS, DEEPEST, MILLION = 9, 20, 1e6
IMPORT = "import time; began = time.process_time(); import {0}; print(time.process_time() - began)"
FIRST_PIXEL = (
    "import sys, functions.stages.optimize; from imgopt.sandbox import budget, forking;"
    " data = sys.stdin.buffer.read();"
    " print(forking.call_forked('benchmarks.cold:decode_jpeg', data, budget.Budget(60, 2 << 30), 60, '').decode())"
)
# Lambda sets the name. Tracing is off, because no X-Ray daemon listens here.
ON_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "optimize", "POWERTOOLS_TRACE_DISABLED": "true"}
WEB_SERVER = ("functions/api/stream.sh", "functions.api.app")


@dataclass(frozen=True)
class Start:
    """A function: its module, memory in MB, and the folders of its layers."""

    module: str
    memory: int
    layers: tuple[Path, ...]


def main() -> None:
    compileall.compile_path(maxlevels=DEEPEST, quiet=2)
    print("| function | memory (MB) | imports (ms of CPU) | layers (MB) |\n|---|---|---|---|")
    starts = sorted(set(find_functions(synth.ensure())), key=lambda each: each.module)
    for each in starts:
        layers = sum(map(size_of, each.layers)) / MILLION
        print(f"| {each.module} | {each.memory} | {min(import_seconds(each.module)) * 1000:.0f} | {layers:.0f} |")
    print(f"\nFirst pixel of a JPEG in Optimize: {min(first_pixel_seconds()) * 1000:.0f} ms by the clock.")


def find_functions(assembly: Path) -> Iterator[Start]:
    for path in assembly.glob("*.template.json"):
        resources = json.loads(path.read_text())["Resources"]
        folders = {
            name: assembly / f"asset.{Path(each['Properties']['Content']['S3Key']).stem}"
            for name, each in resources.items()
            if each["Type"] == "AWS::Lambda::LayerVersion"
        }
        for each in resources.values():
            if each["Type"] == "AWS::Lambda::Function":
                yield _start_of(each["Properties"], folders)


def _start_of(function: dict[str, Any], folders: dict[str, Path]) -> Start:
    """The start of a function. Layers of other accounts are left out, as they have no folder here."""
    handler = function["Handler"]
    module = WEB_SERVER[1] if handler == WEB_SERVER[0] else handler.rpartition(".")[0]
    names = (each.get("Ref") for each in function["Layers"])
    return Start(module, function["MemorySize"], tuple(folders[name] for name in names if name in folders))


def import_seconds(module: str) -> list[float]:
    return [float(run(IMPORT.format(module))) for _ in range(RUNS)]


def first_pixel_seconds() -> Iterator[float]:
    file = BytesIO()
    Image.new("RGB", (1600, 1200), "teal").save(file, "JPEG")
    for _ in range(RUNS):
        began = time.monotonic()
        yield float(run(FIRST_PIXEL, file.getvalue(), ON_LAMBDA)) - began


def decode_jpeg(data: bytes) -> bytes:
    """The time at which the JPEG was decoded, by the clock that all processes share."""
    decode(data, "jpg").image.getpixel((0, 0))
    return str(time.monotonic()).encode()


def run(code: str, data: bytes = b"", environment: dict[str, str] | None = None) -> str:
    known = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    done = subprocess.run([sys.executable, "-c", code], input=data, env=known, capture_output=True, check=True)
    return done.stdout.decode()


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
