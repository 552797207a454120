"""`python -m benchmarks.health URL` measures the latency of `/health` ten times a second, until standard input ends.

It runs in its own process: a process that also sends the load would measure its own delays.
"""

import json
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

PAUSE_SECONDS = 0.1


def main(url: str) -> None:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    delays: list[float] = []
    while not select.select([sys.stdin], [], [], PAUSE_SECONDS)[0]:
        began = time.perf_counter()
        connection.request("GET", "/health")
        connection.getresponse().read()
        delays.append((time.perf_counter() - began) * 1000)
    print(json.dumps(delays))


@contextmanager
def watched(url: str) -> Iterator[list[float]]:
    """A context that measures. The list of latencies in milliseconds is filled when it ends."""
    command = [sys.executable, "-m", "benchmarks.health", url]
    delays: list[float] = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield delays
        told, _ = process.communicate("")
    delays += json.loads(told)


if __name__ == "__main__":
    main(sys.argv[1])
