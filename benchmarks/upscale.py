"""`make bench-upscale` measures speed, seams and memory of upscaling on a CPU, and prints tables.

Speed is CPU time on one thread, of runs that alternate in one process. The service is compared with the networks that
it used for graphics before, and with ncnn on the whole image, which shows the cost of tiles and of everything else.
`benchmarks.upscale_quality` measures how the results look.
"""

import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from time import process_time

import numpy as np
from PIL import Image

from benchmarks.corpus import Sample, samples
from benchmarks.upscale_networks import ANIMEVIDEO, CUNET
from gpu_container.models.building import ensure_network
from gpu_container.models.selection import for_cpu
from imgopt.codecs.capabilities import Loss
from imgopt.imaging.geometry import Size
from imgopt.imaging.kinds import PictureKind
from imgopt.upscale import scaling
from imgopt.upscale.models import WAIFU2X, Device, Model, NetworkChoice, choices_for, choose
from imgopt.upscale.runtime import Runtime, open_network
from imgopt.upscale.service import upscale

CPU = Runtime(Device.CPU)
REPEATS = 5
OUTPUT_SIDE = 1200
FACTORS = (2, 3, 4)
# Kind, width, height, factor and mode: the largest allowed images, and an ordinary one.
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
    for table in (compare_speed, measure_seams, measure_memory):
        for row in table():
            print(row, flush=True)
        print(flush=True)


def compare_speed() -> "list[str]":
    rows = ["| factor | ours | animevideov3 | times as fast | cunet | ncnn, whole image | Lanczos |"]
    rows += ["|---|---|---|---|---|---|---|"]
    for factor in FACTORS:
        ours, before, cunet, raw, plain = speeds_at(factor)
        rows.append(
            f"| {factor} | {ours:.2f} | {before:.2f} | {ours / before:.2f} | {cunet:.2f} | {raw:.2f} | {plain:.0f} |"
        )
    return rows


def speeds_at(factor: int) -> list[float]:
    """Megapixels of graphics per second: by each column above, and by ncnn for its whole canvas."""
    image = photo(OUTPUT_SIDE // factor)
    target = Size(*image.size).scaled(factor)
    choice = choose(choices_for(PictureKind.GRAPHIC, Loss.NONE, Device.CPU), factor, Device.CPU, target.pixels, 240)
    network, size = open_network(choice.model, Device.CPU), (target.width, target.height)
    whole = np.asarray(image, np.float32).transpose(2, 0, 1)[None] / np.float32(255)
    ways: tuple[Callable[[], object], ...] = (
        lambda: scaling.enlarge(image, choice, target, network, Device.CPU),
        lambda: ANIMEVIDEO.enlarge(image, size),
        lambda: CUNET.enlarge(image, size),
        lambda: network(whole),
        lambda: image.resize(size, Image.Resampling.LANCZOS),
    )
    *_, height, width = network(whole).shape
    pixels = (*[target.pixels] * 3, width * height, target.pixels)
    return [made / 1_000_000 / seconds for made, seconds in zip(pixels, least_seconds(ways), strict=True)]


def least_seconds(ways: Sequence[Callable[[], object]]) -> list[float]:
    """The least CPU seconds of some alternating runs, so that other work on the machine favours none of them."""
    rounds = [[seconds_of(way) for way in ways] for _ in range(REPEATS)]
    return [min(each) for each in zip(*rounds, strict=True)]


def seconds_of(way: Callable[[], object]) -> float:
    started = process_time()
    way()
    return process_time() - started


@cache
def held_back() -> "list[Sample]":
    return samples("photo", report=True)


def measure_seams() -> "list[str]":
    rows = ["| network | largest difference to one tile, of 255 | pixels that differ |", "|---|---|---|"]
    for model in WAIFU2X:
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
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        size = Size(width, height).scaled(factor)
        rows.append(f"| {kind}, {width} x {height} {mode} | {size.width} x {size.height} | {output}")
    return rows


def print_peak(kind: str, width: str, height: str, factor: str, mode: str) -> None:
    image = photo(1000).resize((int(width), int(height))).convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    loss = Loss.HEAVY if kind == PictureKind.PHOTO else Loss.NONE  # with and without a share of Lanczos
    _, report = upscale(image, float(factor), kind=PictureKind(kind), loss=loss, runtime=CPU)
    print(f"{report.model} | {peak_megabytes():.0f} MB | {report.seconds:.0f} |")


def peak_megabytes() -> float:
    """The peak memory of this process. That of `getrusage` may be the peak of the parent process."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def photo(side: int) -> Image.Image:
    """A square from the centre of a photo, enlarged if the photo is smaller."""
    image = held_back()[0].open().convert("RGB")
    least = min(image.size)
    left, top = (image.width - least) // 2, (image.height - least) // 2
    return image.resize((side, side), Image.Resampling.BICUBIC, box=(left, top, left + least, top + least))


if __name__ == "__main__":
    main()
