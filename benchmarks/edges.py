"""`make bench-edges` measures the API itself, without processing, on uvicorn and the local cloud.

- streams: the memory of the server with 200 status streams open
- ends: the time from a job's completion until `complete` is sent, for jobs one after the other
- load: 200 jobs of 50 guests at once; the latency of calls other than processing, and that nothing is lost
"""

import asyncio
import json
import random
import statistics
import sys
import time
from collections import Counter
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.local import SAMPLE
from local.cloud import Cloud, running
from local.demo_limits import raise_limits
from local.private_files import ROOT
from local.processes import free_port
from tests import pictures

STREAMS, MOST_MEGABYTES = 200, 150
ENDS, MOST_MILLISECONDS, LATEST_START = 100, 150, 0.1
GUESTS, JOBS_OF_EACH = 50, 4
JOB_SECONDS = 300
LIMITS = httpx2.Limits(max_connections=None)


def main() -> None:
    raise_limits()
    with running(ROOT / ".local" / "bench-edges", port=free_port(), keep=False, say=lambda text: None) as cloud:
        sys.exit(asyncio.run(measure(cloud)))


async def measure(cloud: Cloud) -> int:
    """Measures, and returns the exit code: 1 if something was lost or refused, or a limit was missed."""
    async with httpx2.AsyncClient(base_url=cloud.url, timeout=JOB_SECONDS, limits=LIMITS, trust_env=False) as client:
        await run_job(client, SAMPLE.read_bytes())
        bad = await measure_load(client)
        bad += await measure_ends(client)
        bad += await measure_streams(client, cloud.server.process.pid)
    return int(bool(bad))


async def measure_ends(client: httpx2.AsyncClient) -> int:
    delays = [await delay_of_end(client) for _ in range(ENDS)]
    median, spread = statistics.median(delays), f"{min(delays):.0f}-{max(delays):.0f}"
    print(f"ends: median {median:.0f} ms ({spread}) from completed to `complete` on the wire, {ENDS} jobs", flush=True)
    return median > MOST_MILLISECONDS


async def delay_of_end(client: httpx2.AsyncClient) -> float:
    """The delay in milliseconds. Both clocks are those of this machine.

    Streams look for changes at intervals, and these jobs take equally long. So the delay depends on the random time at
    which a stream begins.
    """
    job_id = await submit(client, *await upload(client, pictures.jpeg()))
    await asyncio.sleep(random.uniform(0, LATEST_START))
    async with client.stream("GET", f"/status/{job_id}/stream") as answer:
        async for line in answer.aiter_lines():
            if line == "event: complete":
                break
        seen = time.time()
    job = (await client.get(f"/status/{job_id}")).json()["job"]
    return (seen - datetime.fromisoformat(job["completed_at"]).timestamp()) * 1000


async def measure_streams(client: httpx2.AsyncClient, server: int) -> int:
    """Measures streams of jobs that take long: photos in a long queue."""
    before = resident_megabytes(server)
    photo = SAMPLE.read_bytes()
    ids = [await submit(client, *await upload(client, photo), output_format="avif") for _ in range(STREAMS // 8)]
    follows = [asyncio.create_task(follow(client, ids[number % len(ids)])) for number in range(STREAMS)]
    peak = before
    while not all(each.done() for each in follows):
        peak = max(peak, resident_megabytes(server))
        await asyncio.sleep(0.05)
    ends = Counter([await each for each in follows])
    print(f"streams: {STREAMS} at once, {peak:.0f} MB (before {before:.0f} MB); ended {dict(ends)}", flush=True)
    return peak > MOST_MEGABYTES or ends["completed"] < STREAMS


async def follow(client: httpx2.AsyncClient, job_id: str) -> str:
    """The status in the event `complete`."""
    text = (await client.get(f"/status/{job_id}/stream")).text
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in text.split("\n\n") if block]
    ends = [json.loads(block["data"])["status"] for block in blocks if block.get("event") == "complete"]
    return ends[0] if len(ends) == 1 else f"{len(ends)} ends"


async def measure_load(client: httpx2.AsyncClient) -> int:
    seconds: dict[str, list[float]] = {"upload": [], "auto": [], "status": []}
    statuses: Counter[int] = Counter()

    async def ask(name: str, method: str, path: str, **content: Any) -> dict[str, Any]:
        began = time.perf_counter()
        answer = await client.request(method, path, **content)
        seconds[name].append(time.perf_counter() - began)
        statuses[answer.status_code] += 1
        said: dict[str, Any] = answer.raise_for_status().json()
        return said

    async def be_a_guest() -> list[str]:
        first = await ask("upload", "POST", "/upload", files={"file": ("photo.jpg", pictures.jpeg())})
        headers = {"X-Session-Token": first["session_token"]}
        files = {"file": ("photo.jpg", pictures.jpeg())}
        more = [await ask("upload", "POST", "/upload", files=files, headers=headers) for _ in range(JOBS_OF_EACH - 1)]
        body = {"temp_file_ids": [each["temp_file_id"] for each in (first, *more)]}
        ids = [job["id"] for job in (await ask("auto", "POST", "/auto", json=body, headers=headers))["jobs"]]
        return await wait_for(ids)

    async def wait_for(ids: list[str]) -> list[str]:
        until = time.monotonic() + JOB_SECONDS
        while time.monotonic() < until:
            jobs = (await ask("status", "GET", "/status", params={"job_ids": ",".join(ids)}))["jobs"]
            if all(job["status"] not in ("queued", "processing") for job in jobs):
                return [job["status"] for job in jobs]
            await asyncio.sleep(1)
        return ["lost"] * len(ids)

    began = time.perf_counter()
    ends = Counter(chain(*await asyncio.gather(*(be_a_guest() for _ in range(GUESTS)))))
    wall = time.perf_counter() - began
    calls = ", ".join(f"{name} {statistics.quantiles(each, n=20)[-1] * 1000:.0f} ms" for name, each in seconds.items())
    jobs = f"{GUESTS * JOBS_OF_EACH} jobs of {GUESTS} guests in {wall:.1f} s"
    print(f"load: {jobs}: {dict(ends)}, statuses {dict(statuses)}")
    print(f"load: p95 of {calls}", flush=True)
    return ends["completed"] < GUESTS * JOBS_OF_EACH or any(status >= 400 for status in statuses)


async def run_job(client: httpx2.AsyncClient, photo: bytes) -> None:
    await follow(client, await submit(client, *await upload(client, photo)))


async def upload(client: httpx2.AsyncClient, photo: bytes) -> tuple[str, str]:
    answer = (await client.post("/upload", files={"file": ("photo.jpg", photo)})).raise_for_status().json()
    return answer["temp_file_id"], answer["session_token"]


async def submit(client: httpx2.AsyncClient, temp_file_id: str, token: str, **settings: object) -> str:
    body = {"temp_file_ids": [temp_file_id], "settings": settings}
    answer = await client.post("/auto", json=body, headers={"X-Session-Token": token})
    return str(answer.raise_for_status().json()["jobs"][0]["id"])


def resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


if __name__ == "__main__":
    main()
