"""Measures the latency of image URLs whose variants exist, at fixed rates, on uvicorn and the embedded cloud.

`python -m benchmarks.url_hits`: the first answer of each URL is a miss, and is not counted. Requests are sent at fixed
times, whether or not earlier ones have been answered. Latencies count from these times, so that waiting is included.
"""

import asyncio
import statistics
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from os import environ
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from threading import Thread
from urllib.parse import urlsplit

from benchmarks.local import SAMPLE
from imgopt.image_urls.signatures import sign
from local.cloud import running
from local.private_files import ROOT
from local.processes import free_port

RATE, SECONDS = 200, 10
MOST_MILLISECONDS = 5.0
WIDTHS = (320, 480, 640, 800)
ACCEPTED = ("image/avif,image/webp,*/*", "image/webp,*/*", "*/*")
CONNECTIONS = 16


@dataclass(frozen=True)
class Hits:
    """The latencies in milliseconds, from the time at which each request was due."""

    count: int
    median: float
    percentile_95: float
    percentile_99: float
    longest: float


def main() -> None:
    hits = measure_hits()
    print(
        f"hits: {hits.count} at {RATE}/s; median {hits.median:.1f} ms, 95th percentile {hits.percentile_95:.1f} ms, "
        f"99th {hits.percentile_99:.1f} ms, longest {hits.longest:.0f} ms",
        flush=True,
    )
    sys.exit(int(hits.percentile_95 > MOST_MILLISECONDS))


def measure_hits() -> Hits:
    """Starts the service and measures. Raises RuntimeError if an answer is not an image."""
    with TemporaryDirectory() as folder:
        Path(folder, SAMPLE.name).write_bytes(SAMPLE.read_bytes())
        site = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
        Thread(target=site.serve_forever, daemon=True).start()
        key, salt = token_hex(32), token_hex(32)
        authority = f"127.0.0.1:{site.server_address[1]}"
        environ.update(IMGOPT_URL_KEYS=key, IMGOPT_URL_SALTS=salt, IMGOPT_FETCH_TRUSTED_HOSTS=authority)
        paths = [path_of(f"http://{authority}/{SAMPLE.name}", width, key, salt) for width in WIDTHS]
        with running(
            ROOT / ".local" / "bench-url-hits", port=free_port(), keep=False, say=lambda _: None, ready=()
        ) as cloud:
            return summarize(asyncio.run(measure(cloud.url, paths)))


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def path_of(source: str, width: int, key: str, salt: str) -> str:
    path = f"/rs:fit:{width}/{urlsafe_b64encode(source.encode()).rstrip(b'=').decode()}"
    return f"/img/{sign(path, bytes.fromhex(key), bytes.fromhex(salt))}{path}"


class Connection:
    """A persistent connection with a minimal client, whose own time is small."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)

    async def open(self) -> "Connection":
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def get(self, path: str, accept: str) -> int:
        """The status code, after the last byte of the answer."""
        head = f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\nAccept: {accept}\r\n\r\n"
        self._writer.write(head.encode())
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        size = next(int(line[16:]) for line in lines if line.startswith("content-length: "))
        await self._reader.readexactly(size)
        return int(lines[0].split(" ")[1])


async def measure(url: str, paths: Sequence[str]) -> list[float]:
    """The latencies in milliseconds."""
    asked = [(path, accept) for path in paths for accept in ACCEPTED]
    for each in asked:  # misses
        await send(await connect(url, 1), *each, due=0.0)
    free = await connect(url, CONNECTIONS)
    return await send_all(free, asked, RATE * SECONDS)


async def connect(url: str, number: int) -> "asyncio.Queue[Connection]":
    """Connects again: the server closes connections that are idle for some seconds."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(number):
        free.put_nowait(await Connection(url).open())
    return free


async def send_all(free: "asyncio.Queue[Connection]", asked: Sequence[tuple[str, str]], number: int) -> list[float]:
    began = time.perf_counter() + 0.1

    async def send_at(count: int) -> float:
        due = began + count / RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        return await send(free, *asked[count % len(asked)], due=due)

    return list(await asyncio.gather(*(send_at(count) for count in range(number))))


async def send(free: "asyncio.Queue[Connection]", path: str, accept: str, *, due: float) -> float:
    """Sends a request, and returns the milliseconds since it was due."""
    connection = await free.get()
    status = await connection.get(path, accept)
    free.put_nowait(connection)
    if status != HTTPStatus.OK:
        raise RuntimeError(f"a hit was answered by {status}")
    return (time.perf_counter() - due) * 1000


def summarize(milliseconds: Sequence[float]) -> Hits:
    at = statistics.quantiles(milliseconds, n=100)
    return Hits(len(milliseconds), at[49], at[94], at[98], max(milliseconds))


if __name__ == "__main__":
    main()
