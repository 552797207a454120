"""How long images by URL take that are made already, at so many requests a second, on uvicorn and the embedded cloud.

`python -m benchmarks.url_hits`: the first answer of each address is a miss and isn't counted. Requests are sent at
their times, whether the ones before have been answered or not, and count from then: what waits is late.
"""

import asyncio
import statistics
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from os import environ
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from threading import Thread

import httpx2

from benchmarks.local import SAMPLE
from imgopt.image_urls.signatures import sign
from local.cloud import running
from local.private_files import ROOT
from local.processes import free_port

RATE, SECONDS = 200, 20
MOST_MILLISECONDS = 5.0
WIDTHS = (320, 480, 640, 800)
ACCEPTED = ("image/avif,image/webp,*/*", "image/webp,*/*", "*/*")
LIMITS = httpx2.Limits(max_connections=None, max_keepalive_connections=64)


def main() -> None:
    with TemporaryDirectory() as folder:
        Path(folder, SAMPLE.name).write_bytes(SAMPLE.read_bytes())
        site = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
        Thread(target=site.serve_forever, daemon=True).start()
        key, salt = token_hex(32), token_hex(32)
        authority = f"127.0.0.1:{site.server_address[1]}"
        environ.update(IMGOPT_URL_KEYS=key, IMGOPT_URL_SALTS=salt, IMGOPT_FETCH_TRUSTED_HOSTS=authority)
        paths = [path_of(f"http://{authority}/{SAMPLE.name}", width, key, salt) for width in WIDTHS]
        with running(ROOT / ".local" / "bench-url-hits", port=free_port(), keep=False, say=lambda _: None) as cloud:
            sys.exit(asyncio.run(measure(cloud.url, paths)))


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def path_of(source: str, width: int, key: str, salt: str) -> str:
    path = f"/rs:fit:{width}/{urlsafe_b64encode(source.encode()).rstrip(b'=').decode()}"
    return f"/img/{sign(path, bytes.fromhex(key), bytes.fromhex(salt))}{path}"


async def measure(url: str, paths: Sequence[str]) -> int:
    """The exit status: 1 where hits take too long, or one was no image."""
    async with httpx2.AsyncClient(base_url=url, limits=LIMITS, trust_env=False, timeout=60) as client:
        asked = [(path, accept) for path in paths for accept in ACCEPTED]
        for path, accept in asked:
            (await client.get(path, headers={"Accept": accept})).raise_for_status()
        milliseconds = await send_all(client, asked, RATE * SECONDS)
    return report(milliseconds)


async def send_all(client: httpx2.AsyncClient, asked: Sequence[tuple[str, str]], number: int) -> list[float]:
    began = time.perf_counter()

    async def send(count: int) -> float:
        due = began + count / RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        path, accept = asked[count % len(asked)]
        answer = await client.get(path, headers={"Accept": accept})
        answer.raise_for_status()
        return (time.perf_counter() - due) * 1000

    return list(await asyncio.gather(*(send(count) for count in range(number))))


def report(milliseconds: Sequence[float]) -> int:
    at = statistics.quantiles(milliseconds, n=100)
    print(
        f"hits: {len(milliseconds)} at {RATE}/s; median {at[49]:.1f} ms, "
        f"95th percentile {at[94]:.1f} ms, 99th {at[98]:.1f} ms, longest {max(milliseconds):.0f} ms",
        flush=True,
    )
    return int(at[94] > MOST_MILLISECONDS)


if __name__ == "__main__":
    main()
