"""`make demo`: optimizes images through the whole service on a throw-away local cloud, and shows what it saved."""

import glob
import os
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from local.cloud import ROOT, Cloud, running
from local.console import fail, say
from local.processes import Stopped, end_on_signals, free_port

RESULTS = ROOT / "demo-results"
LOCAL = ROOT / ".local"
SAMPLES = ROOT / "samples"
POLL_SECONDS = 0.05
JOB_SECONDS = 300
COLUMNS = "{:<28} {:>10} {:>10} {:>7}  {:<12} {:>8}  {}"


@dataclass(frozen=True)
class Row:
    """One image before and after; sizes in bytes, `seconds` from upload to download."""

    file: str
    before: int
    after: int
    dimensions: str
    seconds: float
    result: str

    def __str__(self) -> str:
        saved = f"{1 - self.after / self.before:.0%}"
        sizes = (f"{self.before / 1000:,.1f} kB", f"{self.after / 1000:,.1f} kB")
        return COLUMNS.format(shorten(self.file), *sizes, saved, self.dimensions, f"{self.seconds:.1f} s", self.result)


class Refused(Exception):
    """The service did not take or could not process a file."""


def main(arguments: Sequence[str]) -> int:
    end_on_signals()
    images = [Path(argument) for argument in arguments] or named_images(os.environ.get("IMAGE", ""))
    missing = [str(image) for image in images if not image.is_file()]
    if missing or not images:
        return fail(f"no such file: {', '.join(missing)}" if missing else "name at least one image")
    try:
        return demonstrate(images)
    except Stopped:
        return fail("stopped")
    except (RuntimeError, httpx2.HTTPError) as error:
        return fail(str(error))


def named_images(value: str) -> list[Path]:
    """The files that make's IMAGE names: one path, spaces and all, or several, with patterns; else the samples."""
    if Path(value).expanduser().is_file():
        return [Path(value).expanduser()]
    if not value.strip():
        return sorted(path for path in SAMPLES.iterdir() if path.suffix in (".jpg", ".png", ".gif"))
    words = [str(Path(word).expanduser()) for word in shlex.split(value)]
    return [Path(path) for word in words for path in sorted(glob.glob(word)) or [word]]  # noqa: PTH207 - absolute too


def demonstrate(images: Sequence[Path]) -> int:
    """0 where every image was optimized. Files that are refused are named with the reason."""
    RESULTS.mkdir(exist_ok=True)
    rows, refusals = [], []
    with throw_away_cloud() as cloud, httpx2.Client(base_url=cloud.url, timeout=60, trust_env=False) as client:
        for number, image in enumerate(images, 1):
            say(f"optimizing {number}/{len(images)}: {image.name}")
            try:
                rows.append(optimize(client, image, taken={row.result for row in rows}))
            except Refused as reason:
                refusals.append(f"{image.name}: {reason}")
    show(rows)
    for refusal in refusals:
        say(refusal)
    return 1 if refusals else 0


@contextmanager
def throw_away_cloud() -> Iterator[Cloud]:
    """A cloud whose data and logs go with it; where a part of it fails, they stay to be looked at."""
    LOCAL.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=LOCAL))
    failed = False
    try:
        with running(folder, port=free_port(), keep=False, say=say) as cloud:
            yield cloud
    except (RuntimeError, httpx2.HTTPError):
        failed = True
        raise
    finally:
        if not failed:
            shutil.rmtree(folder, ignore_errors=True)


def optimize(client: httpx2.Client, image: Path, taken: set[str]) -> Row:
    """Upload, `/auto`, wait, download: what any client does."""
    began = time.perf_counter()
    with image.open("rb") as content:
        upload = answer(client.post("/upload", files={"file": (image.name, content)}))
    asked = {"temp_file_ids": [upload["temp_file_id"]], "settings": {}}
    jobs = answer(client.post("/auto", json=asked, headers={"X-Session-Token": upload["session_token"]}))["jobs"]
    job = wait(client, jobs[0]["id"])
    path = RESULTS / unlike(taken, job["processed_filename"])
    path.write_bytes(client.get(f"/download/{job['id']}").raise_for_status().content)
    dimensions = f"{job['processed_width']} x {job['processed_height']}"
    seconds = time.perf_counter() - began
    return Row(image.name, upload["file_size"], path.stat().st_size, dimensions, seconds, path.name)


def wait(client: httpx2.Client, job_id: str) -> dict:
    deadline = time.monotonic() + JOB_SECONDS
    while time.monotonic() < deadline:
        job = answer(client.get(f"/status/{job_id}"))["job"]
        if job["status"] == "completed":
            return job
        if job["status"] in ("failed", "expired"):
            raise Refused(job["error_message"] or job["status"])
        time.sleep(POLL_SECONDS)
    raise Refused(f"not finished within {JOB_SECONDS} seconds")


def answer(response: httpx2.Response) -> dict:
    body = response.json()
    if response.is_error:
        raise Refused(body["detail"])
    return body


def unlike(taken: set[str], name: str) -> str:
    """Images from two folders may have one name: the second result gets a number."""
    names = (name, *(f"{number}-{name}" for number in range(2, len(taken) + 3)))
    return next(each for each in names if each not in taken)


def show(rows: Sequence[Row]) -> None:
    print()
    print(COLUMNS.format("file", "before", "after", "saved", "dimensions", "time", "result"))
    for row in rows:
        print(row)
    print(f"\nThe results are in {RESULTS}")


def shorten(name: str) -> str:
    return name if len(name) <= 28 else f"{name[:14]}…{name[-13:]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
