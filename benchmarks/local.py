"""`make bench-local` measures the overhead of the local cloud, in wall time.

- set-up: `make demo` in a fresh copy of the repository, with uv's package cache as it is, and then once more; then
  `make up` there twice, the second time with the data of the first: until it serves, and from Ctrl-C to its end
- overhead: wall time of one warm JPEG job, from upload to downloaded result, less the CPU time of its codecs
- throughput: 40 jobs at once; wall time over their codec CPU time divided by the cores, for a small photo and for
  one of 12 megapixels, as telephones take them: the fixed cost of a job weighs less the larger its image
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import httpx2
from PIL import Image

from imgopt.codecs.format import ImageHeader
from imgopt.imaging.optimize import optimize
from imgopt.imaging.options import ProcessingSettings
from local.cloud import running
from local.demo_limits import raise_limits
from local.private_files import ROOT
from local.processes import free_port

SAMPLE = ROOT / "samples" / "landscape.jpg"
LARGE = (4000, 3000)
WARM_UPS, SINGLE_JOBS, JOBS_AT_ONCE = 6, 15, 40
POLL_SECONDS = 0.02
JOB_SECONDS = 300


def main() -> None:
    measure_set_up()
    raise_limits()
    small, large = SAMPLE.read_bytes(), enlarge(SAMPLE)
    with (
        running(ROOT / ".local" / "bench", port=free_port(), keep=False, say=lambda text: None) as cloud,
        httpx2.Client(base_url=cloud.url, timeout=60, trust_env=False) as client,
    ):
        measure_overhead(client, small)
        for photo in (small, large):
            measure_throughput(client, photo)


def enlarge(sample: Path) -> bytes:
    """The sample photo at 12 megapixels, with grain like that of a camera."""
    with Image.open(sample) as image:
        larger = image.resize(LARGE, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(LARGE, 12).convert("RGB")
    out = BytesIO()
    Image.blend(larger, grain, 0.1).save(out, "JPEG", quality=92)
    return out.getvalue()


def report(name: str, text: str) -> None:
    print(f"{name}: {text}", flush=True)


def measure_set_up() -> None:
    """Measures the set-up in a fresh copy of the committed files."""
    with tempfile.TemporaryDirectory(prefix="imgopt-bench-") as folder:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), folder], check=True)
        first, second = (seconds_of(lambda: demo(Path(folder))) for _ in range(2))
        report("set-up", f"make demo, first run in a fresh clone {first:.1f} s, second run {second:.1f} s")
        (fresh, _), (again, ended) = (start_and_stop(Path(folder)) for _ in range(2))
    report("set-up", f"make up serves after {fresh:.1f} s, on its second start {again:.1f} s; it ends in {ended:.1f} s")


def demo(folder: Path) -> None:
    quiet = subprocess.DEVNULL
    subprocess.run(["make", "demo"], cwd=folder, env=clean_environment(), check=True, stdout=quiet, stderr=quiet)


def start_and_stop(folder: Path) -> tuple[float, float]:
    """The seconds until `make up` serves, and from Ctrl-C to its end."""
    began = time.perf_counter()
    command = ["make", "up", f"PORT={free_port()}"]
    # In its own session, because Ctrl-C of a terminal reaches all processes of a session.
    with subprocess.Popen(
        command, cwd=folder, env=clean_environment(), stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        if process.stderr is None or not any("serving on" in line for line in process.stderr):
            sys.exit("make up does not serve")
        serves = time.perf_counter()
        os.killpg(process.pid, signal.SIGINT)
        process.wait()
    return serves - began, time.perf_counter() - serves


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "VIRTUAL_ENV"))}


def codec_seconds(photo: bytes) -> float:
    """The CPU seconds of decoding and encoding, measured in this process."""
    with Image.open(BytesIO(photo)) as image:
        header = ImageHeader("jpg", "image/jpeg", *image.size)
    optimize(photo, header, ProcessingSettings())
    return statistics.median(cpu_seconds_of(lambda: optimize(photo, header, ProcessingSettings())) for _ in range(5))


def measure_overhead(client: httpx2.Client, photo: bytes) -> None:
    codec = codec_seconds(photo)
    for _ in range(WARM_UPS):
        run_job(client, photo)
    overheads = [(seconds_of(lambda: run_job(client, photo)) - codec) * 1000 for _ in range(SINGLE_JOBS)]
    spread = f"{min(overheads):.0f}-{max(overheads):.0f}"
    median = f"median {statistics.median(overheads):.0f} ms ({spread})"
    report("overhead", f"{median} of {SINGLE_JOBS} warm jobs beside {codec * 1000:.0f} ms of codec CPU")


def measure_throughput(client: httpx2.Client, photo: bytes) -> None:
    """Measures the throughput. All jobs are submitted at once, and then polled one after the other."""
    run_at_once(client, photo, jobs=WARM_UPS)
    wall, ended = run_at_once(client, photo, jobs=JOBS_AT_ONCE)
    codec = codec_seconds(photo)
    ratio = wall / (JOBS_AT_ONCE * codec / (os.cpu_count() or 1))
    completed = f"{ended.count('completed')} of {JOBS_AT_ONCE} jobs completed in {wall:.1f} s"
    report("throughput", f"{completed}, {ratio:.2f} x codec CPU / cores at {codec * 1000:.0f} ms of codec CPU a job")


def run_at_once(client: httpx2.Client, photo: bytes, jobs: int) -> tuple[float, list[str]]:
    """The wall time from the first submission to the last end, and the statuses of the jobs."""
    uploads = [upload(client, photo) for _ in range(jobs)]
    began = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        submitted = list(pool.map(lambda uploaded: submit(client, uploaded), uploads))
    ended = [wait(client, job, poll_seconds=0.1) for job in submitted]
    return time.perf_counter() - began, ended


def run_job(client: httpx2.Client, photo: bytes) -> None:
    job = submit(client, upload(client, photo))
    if wait(client, job, POLL_SECONDS) != "completed":
        sys.exit("a job failed")
    client.get(f"/download/{job}").raise_for_status()


def upload(client: httpx2.Client, photo: bytes) -> dict[str, str]:
    answer = client.post("/upload", files={"file": ("photo.jpg", photo)}).raise_for_status()
    uploaded: dict[str, str] = answer.json()
    return uploaded


def submit(client: httpx2.Client, uploaded: dict[str, str]) -> str:
    headers = {"X-Session-Token": uploaded["session_token"]}
    body = {"temp_file_ids": [uploaded["temp_file_id"]]}
    answer = client.post("/auto", json=body, headers=headers).raise_for_status()
    return str(answer.json()["jobs"][0]["id"])


def wait(client: httpx2.Client, job: str, poll_seconds: float) -> str:
    """The final status of a job; "lost" if it did not end in time."""
    deadline = time.monotonic() + JOB_SECONDS
    while time.monotonic() < deadline:
        status: str = client.get(f"/status/{job}").json()["job"]["status"]
        if status not in ("queued", "processing"):
            return status
        time.sleep(poll_seconds)
    return "lost"


def seconds_of(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def cpu_seconds_of(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()
