"""How many variants a second `make bench-url` gets from the service, and from a bare loop of libvips."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

from benchmarks.url_page import Pace
from benchmarks.url_variants import make_bare, sources
from benchmarks.url_workers import cpu_seconds
from imgopt.sandbox.forking import LARGE_PAGES
from imgopt.transform.variant import Variant
from local.environment import ROOT

PROCESSES, REQUESTS = 2, 4


def loop_bare(name: str, seconds: float) -> None:
    """One process of the bare loop. It prints its pace."""
    files = sources()
    for data in files[:2]:
        make_bare(data, name)
    print("ready", flush=True)
    sys.stdin.readline()
    began, before, count = time.perf_counter(), time.process_time(), 0
    for data in cycle(files):
        make_bare(data, name)
        count += 1
        if time.perf_counter() - began > seconds:
            break
    print(count / (time.perf_counter() - began), (time.process_time() - before) * 1000 / count, flush=True)


def pace_bare(name: str, seconds: float) -> Pace:
    command = [sys.executable, "-m", "benchmarks.url", f"--bare={name}", f"--seconds={seconds}"]
    environment = os.environ | LARGE_PAGES | {"VIPS_CONCURRENCY": "1"}
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)
        for _ in range(PROCESSES)
    ]
    for each in started:
        _readline(each)
    for each in started:
        if each.stdin:
            each.stdin.write("go\n")
            each.stdin.flush()
    paces = [tuple(map(float, _readline(each).split())) for each in started]
    for each in started:
        each.communicate()
    return Pace(sum(rate for rate, _ in paces), statistics.mean(cpu for _, cpu in paces))


def _readline(process: subprocess.Popen[str]) -> str:
    return process.stdout.readline() if process.stdout else ""


def pace_ours(make: Callable[[bytes, str], Variant], name: str, seconds: float) -> Pace:
    files = sources()

    def work(offset: int) -> int:
        made = 0
        for data in islice(cycle(files), offset * len(files) // REQUESTS, None):
            if time.perf_counter() - began > seconds:
                break
            make(data, name)
            made += 1
        return made

    for data in files:
        make(data, name)
    with ThreadPoolExecutor(REQUESTS) as threads:
        began, before = time.perf_counter(), cpu_seconds()
        count = sum(threads.map(work, range(REQUESTS)))
        return Pace(count / (time.perf_counter() - began), (cpu_seconds() - before) * 1000 / count)
