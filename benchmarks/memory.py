"""`make bench-memory` measures the peak memory of jobs, and of files that claim to be huge.

Each job runs in its own process, whose peak resident memory the kernel reports (VmHWM). Photos are the enlarged sample
with grain. PNGs have no grain, as they would be too large to upload.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

from PIL import Image

from local.private_files import ROOT

SAMPLE = ROOT / "samples" / "landscape.jpg"
SIZES = {12: (4000, 3000), 100: (11_540, 8_655)}
JOBS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("jpg", "jpg", {}),
    ("png", "png", {}),
    ("jpg", "webp", {}),
    ("jpg", "avif", {}),
    ("jpg", "jpg at 1200 px", {"output_width": 1200}),
)
JOB_SECONDS = 900
BOMB_MEGABYTES = 60
PAGE = Path(__file__).parent / "MEMORY.md"
HEAD = (
    "# Memory of large jobs",
    "",
    f"Made by `make bench-memory` on {date.today():%Y-%m-%d}: the peak of resident memory of a process with one job,",
    "and the duration of the process in seconds. The stage's function has 3008 MB.",
    "",
)


def main() -> None:
    if len(sys.argv) > 1:
        work(*sys.argv[1:])
        return
    with tempfile.TemporaryDirectory(prefix="imgopt-memory-") as folder:
        rows = ["| job | 12 MP | 100 MP |", "|---|---|---|"]
        for source, target, settings in JOBS:
            cells = [measure(source, target, settings, megapixels, Path(folder)) for megapixels in SIZES]
            rows.append(f"| {source} to {target} | {' | '.join(cells)} |")
            print(rows[-1], flush=True)
        bombs, failed = refuse_bombs(Path(folder))
    PAGE.write_text("\n".join([*HEAD, *rows, "", *bombs]) + "\n")
    sys.exit(failed)


def measure(source: str, target: str, settings: dict[str, object], megapixels: int, folder: Path) -> str:
    photo = folder / f"{megapixels}.{source}"
    if not photo.exists():
        child("draw", str(photo), str(megapixels))
    started = time.monotonic()
    peak = child("job", str(photo), json.dumps({"output_format": target.split(maxsplit=1)[0], **settings}))
    return f"{peak} MB {time.monotonic() - started:.0f} s"


def refuse_bombs(folder: Path) -> tuple[list[str], int]:
    """The rows, and the exit code: 1 if a file was accepted, or used more memory than allowed."""
    from tests.images.test_bombs import BOMBS

    failed, rows = 0, ["| a small file that claims to be huge | refused at |", "|---|---|"]
    for name, data in BOMBS.items():
        bomb = folder / "bomb"
        bomb.write_bytes(data)
        peak = child("bomb", str(bomb))
        failed |= peak is None or int(peak) > BOMB_MEGABYTES
        rows.append(f"| {name} | {peak or 'TAKEN'} MB |")
        print(rows[-1], flush=True)
    return rows, int(failed)


def child(*arguments: str) -> str | None:
    """The peak memory in MB. None if the child failed."""
    command = [sys.executable, "-m", "benchmarks.memory", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=JOB_SECONDS, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def work(task: str, *arguments: str) -> None:
    tasks: dict[str, Callable[..., None]] = {"draw": draw, "job": run_job, "bomb": refuse}
    tasks[task](*arguments)
    print(peak_megabytes())


def draw(path: str, megapixels: str) -> None:
    size = SIZES[int(megapixels)]
    with Image.open(SAMPLE) as image:
        larger = image.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    if path.endswith("jpg"):
        grain = Image.effect_noise(size, 12).convert("RGB")
        larger = Image.blend(larger, grain, 0.1)
    larger.save(path, quality=85)


def run_job(path: str, settings: str) -> None:
    from imgopt.codecs.format import Limits
    from imgopt.codecs.header import read_header
    from imgopt.imaging.optimize import optimize
    from imgopt.imaging.options import ProcessingSettings

    data = Path(path).read_bytes()
    optimize(data, read_header(BytesIO(data), Limits(10**8, 1, 1)), ProcessingSettings.model_validate_json(settings))


def refuse(path: str) -> None:
    from imgopt.codecs.format import Limits
    from imgopt.codecs.header import read_header
    from imgopt.errors import InvalidImage, TooLarge

    try:
        with Path(path).open("rb") as file:
            read_header(file, Limits(10**8, 1000, 4 * 10**8))
    except (TooLarge, InvalidImage):
        return
    sys.exit("taken")


def peak_megabytes() -> int:
    status = Path("/proc/self/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(kilobytes) / 1024)


if __name__ == "__main__":
    main()
