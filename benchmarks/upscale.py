"""`make bench-upscale`: speed, quality, seams and memory of upscaling on a CPU, printed as tables.

Speed is CPU time on one thread, beside ncnn on the whole image in the same process: what tiles and the rest cost.
Quality is that of photos which are made smaller (Lanczos) and larger again.
"""

import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from math import log10
from pathlib import Path
from statistics import median
from time import process_time
from typing import TypeAlias

import numpy as np
from PIL import Image

from benchmarks.corpus import Sample, samples
from benchmarks.ssimulacra2 import score
from gpu_container.models.building import ensure_network
from gpu_container.models.selection import for_cpu
from imgopt.imaging.geometry import Size
from imgopt.imaging.kinds import PictureKind
from imgopt.upscale import scaling
from imgopt.upscale.models import ANIME, WAIFU2X, Device, Model, NetworkChoice
from imgopt.upscale.runtime import Runtime, open_network
from imgopt.upscale.service import upscale

Method: TypeAlias = Callable[[Image.Image, Size], Image.Image]

CPU = Runtime(Device.CPU)
MODELS = (WAIFU2X, *ANIME)
REPEATS = 5
OUTPUT_SIDE = 1200
PHOTOS = 12
FACTORS = (2, 2.5, 3, 3.5, 4)
# Kind, width, height, factor and mode: the largest that are allowed, and an ordinary one.
JOBS = (
    ("photo", 6900, 6600, 1.05, "RGBA"),
    ("photo", 3500, 3500, 2, "RGBA"),
    ("photo", 1750, 1750, 4, "RGB"),
    ("graphic", 1750, 1750, 4, "RGBA"),
    ("photo", 1000, 750, 2, "RGB"),
)


def main() -> None:
    if len(sys.argv) > 1:
        print_peak(*sys.argv[1:])
        return
    ensure_network(for_cpu())
    for table in (compare_speed, compare_quality, measure_seams, measure_memory):
        for row in table():
            print(row, flush=True)
        print(flush=True)


def compare_speed() -> "list[str]":
    rows = ["| network | output MP/s | ncnn on the whole image | ratio | Lanczos |", "|---|---|---|---|---|"]
    for model in MODELS:
        ours, raw, plain = speeds_of(model)
        rows.append(f"| {model.name} | {ours:.2f} | {raw:.2f} | {ours / raw:.2f} | {plain:.0f} |")
    return rows


def speeds_of(model: Model) -> list[float]:
    """Megapixels a second by the service, by ncnn alone, some of whose networks leave out a margin, and by Lanczos."""
    image, network = photo(OUTPUT_SIDE // model.scale), open_network(model, Device.CPU)
    target = Size(*image.size).scaled(model.scale)
    whole = np.asarray(image, np.float32).transpose(2, 0, 1)[None] / np.float32(255)
    ways: tuple[Callable[[], object], ...] = (
        lambda: scaling.enlarge(image, NetworkChoice(model), target, network, Device.CPU),
        lambda: network(whole),
        lambda: image.resize((target.width, target.height), Image.Resampling.LANCZOS),
    )
    *_, height, width = network(whole).shape
    pixels = (target.pixels, width * height, target.pixels)
    return [made / 1_000_000 / seconds for made, seconds in zip(pixels, least_seconds(ways), strict=True)]


def least_seconds(ways: Sequence[Callable[[], object]]) -> list[float]:
    """Of CPU time, of runs that take turns, so that what else the machine does is no advantage to any."""
    rounds = [[seconds_of(way) for way in ways] for _ in range(REPEATS)]
    return [min(each) for each in zip(*rounds, strict=True)]


def seconds_of(way: Callable[[], object]) -> float:
    started = process_time()
    way()
    return process_time() - started


def compare_quality() -> "list[str]":
    rows = ["| factor | by | PSNR, dB | SSIMULACRA2 | better than Lanczos |", "|---|---|---|---|---|"]
    for factor in FACTORS:
        for name, make in METHODS.items():
            scores = [judge(sample, factor, make) for sample in held_back()]
            plain = [judge(sample, factor, by_lanczos) for sample in held_back()]
            wins = sum(ours[1] > theirs[1] for ours, theirs in zip(scores, plain, strict=True))
            psnr, ssimulacra2 = (median(each) for each in zip(*scores, strict=True))
            rows.append(f"| {factor} | {name} | {psnr:.2f} | {ssimulacra2:.1f} | {wins} of {len(scores)} |")
    return rows


@cache
def held_back() -> "list[Sample]":
    return samples("photo", report=True)[:PHOTOS]


def by_lanczos(small: Image.Image, size: Size) -> Image.Image:
    return small.resize((size.width, size.height), Image.Resampling.LANCZOS)


def by_waifu2x(small: Image.Image, size: Size, passes: int = 1) -> Image.Image:
    """Twice or four times as large, and by Lanczos to the size."""
    network = open_network(WAIFU2X, Device.CPU)
    return scaling.enlarge(small, NetworkChoice(WAIFU2X, passes), size, network, Device.CPU)[0]


METHODS: dict[str, Method] = {
    "Lanczos": by_lanczos,
    "waifu2x once": by_waifu2x,
    "waifu2x twice": partial(by_waifu2x, passes=2),
}


def judge(sample: Sample, factor: float, make: Method) -> tuple[float, float]:
    """PSNR and SSIMULACRA2 of a photo that was `factor` times larger before."""
    original = sample.open().convert("RGB")
    small = original.resize((round(original.width / factor), round(original.height / factor)), Image.Resampling.LANCZOS)
    size = Size(*small.size).scaled(factor)
    reference = original.resize((size.width, size.height), Image.Resampling.LANCZOS)
    made = make(small, size)
    difference = np.asarray(made, np.float64) - np.asarray(reference, np.float64)
    return 10 * log10(255**2 / np.mean(difference**2)), score(reference, made)


def measure_seams() -> "list[str]":
    rows = ["| network | largest difference to one tile, of 255 | pixels that differ |", "|---|---|---|"]
    for model in MODELS:
        whole, tiled = (enlarge_in(side, model) for side in (512, 48))
        difference = abs(whole - tiled)
        rows.append(f"| {model.name} | {difference.max()} | {(difference > 0).mean():.1e} |")
    return rows


def enlarge_in(side: int, model: Model) -> "np.ndarray":
    image, before = photo(200), scaling.LARGEST_TILE
    scaling.LARGEST_TILE = side
    target = Size(*image.size).scaled(model.scale)
    larger, _ = scaling.enlarge(image, NetworkChoice(model), target, open_network(model, Device.CPU), Device.CPU)
    scaling.LARGEST_TILE = before
    return np.asarray(larger).astype(int)


def measure_memory() -> "list[str]":
    rows = ["| from | to | network | peak of memory | seconds |", "|---|---|---|---|---|"]
    for kind, width, height, factor, mode in JOBS:
        command = [sys.executable, "-m", "benchmarks.upscale", kind, str(width), str(height), str(factor), mode]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        size = Size(width, height).scaled(factor)
        rows.append(f"| {kind}, {width} x {height} {mode} | {size.width} x {size.height} | {told}")
    return rows


def print_peak(kind: str, width: str, height: str, factor: str, mode: str) -> None:
    image = photo(1000).resize((int(width), int(height))).convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    _, report = upscale(image, float(factor), kind=PictureKind(kind), runtime=CPU)
    print(f"{report.model} | {peak_megabytes():.0f} MB | {report.seconds:.0f} |")


def peak_megabytes() -> float:
    """Of this program alone; what `getrusage` tells may be that of the one which started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def photo(side: int) -> Image.Image:
    """A square from the middle of a photo, enlarged where it is smaller."""
    image = held_back()[0].open().convert("RGB")
    least = min(image.size)
    left, top = (image.width - least) // 2, (image.height - least) // 2
    return image.resize((side, side), Image.Resampling.BICUBIC, box=(left, top, left + least, top + least))


if __name__ == "__main__":
    main()
