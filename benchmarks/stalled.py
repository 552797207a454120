"""`make bench-stalled` measures the costs of clients that stall, on uvicorn and the local cloud.

- full speed: CPU seconds of server and emulator for a download of 35 MB by a client that reads without pauses
- stalled: memory of all processes with 100 downloads of 35 MB, of which clients read only the headers
- abandoned: connections to the emulator that remain after 40 clients have closed a download in the middle
- health: the latency of `/health` at the same time, and during 20 uploads that are slow to parse and 60 fetches that
  hang
"""

import asyncio
import os
import shutil
import socket
import statistics
import sys
import time
from collections import Counter
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
from PIL import Image

from benchmarks.edges import run_job, submit, upload
from benchmarks.health import watched
from local.cloud import Cloud, running
from local.demo_limits import raise_limits
from local.private_files import ROOT
from local.processes import free_port
from tests import pictures

NOISE_PIXELS, QUALITY = (6050, 6050), 93
FULL_SPEED, STALLED, ABANDONED = 5, 100, 40
HARD, FETCHES = 20, 60
MOST_MEGABYTES, MOST_HEALTH_MILLISECONDS = 300, 100
SETTLE_SECONDS = 8.0
PAUSE_SECONDS = 0.1
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    raise_limits()
    folder = ROOT / ".local" / "bench-stalled"
    shutil.rmtree(folder, ignore_errors=True)
    with socket.create_server(("127.0.0.1", 0)) as mute:  # no connection to it is ever accepted
        os.environ["IMGOPT_FETCH_TRUSTED_HOSTS"] = host = f"127.0.0.1:{mute.getsockname()[1]}"
        serve(folder, host)


def serve(folder: Path, mute: str) -> None:
    with running(folder, port=free_port(), keep=True, say=lambda text: None) as cloud:  # files on disk
        sys.exit(asyncio.run(measure(cloud, mute)))


async def measure(cloud: Cloud, mute: str) -> int:
    """Measures, and returns the exit code: 1 if a limit was missed."""
    bad = 0
    async with httpx2.AsyncClient(base_url=cloud.url, timeout=300, trust_env=False) as client:
        await run_job(client, pictures.jpeg())
        job_id = await make_large_result(client)
        url = f"{cloud.url}/download/{job_id}"
        signed = (await client.get(f"{url}/url")).json()["url"]
        for name, each in (("", url), (" by a signed address", signed)):
            await measure_full_speed(client, cloud, each, name)
            bad += await measure_stalled(cloud, each, name)
        bad += await measure_abandoned(cloud, url)
        bad += await measure_health(client, mute)
    return int(bool(bad))


async def make_large_result(client: httpx2.AsyncClient) -> str:
    """A large result: an image of noise, which hardly compresses."""
    out = BytesIO()
    Image.effect_noise(NOISE_PIXELS, 100).convert("RGB").save(out, "JPEG", quality=QUALITY, subsampling=0)
    job_id = await submit(client, *await upload(client, out.getvalue()), output_quality=100)
    await client.get(f"/status/{job_id}/stream")
    return job_id


async def measure_full_speed(client: httpx2.AsyncClient, cloud: Cloud, url: str, name: str) -> None:
    size = len((await client.get(url)).raise_for_status().content)
    before = cpu_seconds(cloud)
    for _ in range(FULL_SPEED):
        await client.get(url)
    spent = {name: (after - before[name]) / FULL_SPEED for name, after in cpu_seconds(cloud).items()}
    told = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in spent.items())
    print(f"full speed{name}: {size / 1e6:.0f} MB, CPU of one download: {told}", flush=True)


async def measure_stalled(cloud: Cloud, url: str, name: str) -> int:
    before, peak = resident_megabytes(cloud), 0.0
    with ExitStack() as opened:
        delays = opened.enter_context(watched(cloud.url))
        for _ in range(STALLED):
            opened.enter_context(ask(url))
        until = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < until:
            peak = max(peak, sum(resident_megabytes(cloud).values()) - sum(before.values()))
            await asyncio.sleep(PAUSE_SECONDS)
        parts = {name: now - before[name] for name, now in resident_megabytes(cloud).items()}
    told = ", ".join(f"{name} {megabytes:.0f} MB" for name, megabytes in parts.items())
    print(f"stalled{name}: {STALLED} downloads cost {peak:.0f} MB at most (in the end {told})")
    print(f"health: {max(delays):.0f} ms at most meanwhile", flush=True)
    return peak > MOST_MEGABYTES


async def measure_abandoned(cloud: Cloud, url: str) -> int:
    with ExitStack() as opened:
        for _ in range(ABANDONED):
            opened.enter_context(ask(url))
        await asyncio.sleep(SETTLE_SECONDS / 2)
    await asyncio.sleep(SETTLE_SECONDS / 2)
    left = held_connections(cloud)
    print(f"abandoned: {ABANDONED} downloads leave {left} connections in use", flush=True)
    return left


async def measure_health(client: httpx2.AsyncClient, mute: str) -> int:
    """The largest latency counts. Only requests that are slow to parse or never answered may be refused."""
    fetches = [client.post("/upload/url", json={"url": f"http://{mute}/a.png"}) for _ in range(FETCHES)]
    files = [send(str(client.base_url), number, data) for number, data in enumerate(hard_to_read())]
    asked = [asyncio.create_task(each) for each in (*fetches, *files)]
    with watched(str(client.base_url)) as delays:
        await asyncio.sleep(SETTLE_SECONDS)
        await asyncio.wait(asked[FETCHES:])
    statuses = Counter([(await each).status_code for each in asked])
    worst, median = max(delays), statistics.median(delays)
    told = f"{len(files)} files that are hard to read and {FETCHES} fetches that hang"
    print(
        f"health: {worst:.0f} ms at most, median {median:.0f} ms, beside {told}; statuses {dict(statuses)}", flush=True
    )
    return worst > MOST_HEALTH_MILLISECONDS


async def send(url: str, number: int, data: bytes) -> httpx2.Response:
    """Sends a request from its own address, as requests of one address wait for each other."""
    transport = httpx2.AsyncHTTPTransport(local_address=f"127.0.1.{number + 1}")
    async with httpx2.AsyncClient(base_url=url, timeout=300, transport=transport) as client:
        return await client.post("/upload", files={"file": ("a", data)})


def hard_to_read() -> list[bytes]:
    """A body with much work for each byte: attributes and styles of an SVG, frames of an animation, or many lines."""
    head = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    attributes = head + b"<g " + b" ".join(b'a%d=""' % number for number in range(300_000)) + b"/></svg>"
    styles = head + b"<style>" + b"a{fill:url(#b)}" * 100_000 + b"</style></svg>"
    elements = head + b"<g/>" * 1_000_000 + b"</svg>"
    frames = pictures.gif(900)
    lines = b"\r\n-" * 2_000_000
    return [attributes, styles, elements, frames, lines] * (HARD // 5)


def ask(url: str) -> socket.socket:
    """A connection on which a download has begun, and nothing is read."""
    address = urlsplit(url)
    connection = socket.create_connection((address.hostname, address.port))
    target = f"{address.path}?{address.query}" if address.query else address.path
    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
    return connection


def held_connections(cloud: Cloud) -> int:
    """The connections of the emulator to clients with an unread answer (proc_net_tcp(5))."""
    port = f":{urlsplit(cloud.endpoint).port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[2].endswith(port) and int(row[4].partition(":")[2], 16) > 0 for row in rows)


def processes(cloud: Cloud) -> dict[str, int]:
    return {"server": cloud.server.process.pid, "emulator": cloud.emulator.process.pid}


def resident_megabytes(cloud: Cloud) -> dict[str, float]:
    return {name: rss(pid) for name, pid in processes(cloud).items()}


def rss(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


def cpu_seconds(cloud: Cloud) -> dict[str, float]:
    return {name: cpu(pid) for name, pid in processes(cloud).items()}


def cpu(pid: int) -> float:
    """The CPU seconds of all threads of a process, in user space and in the kernel (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    main()
