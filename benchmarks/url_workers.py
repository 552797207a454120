"""The processes of `make bench-url` that make variants: their CPU time and their memory."""

import os
import time
from collections.abc import Iterable
from pathlib import Path

from imgopt.sandbox.budget import PAGE_BYTES
from imgopt.sandbox.forking import FORK_SERVER


def cpu_seconds() -> float:
    """Of this process, and of all that make variants, with those that have ended."""
    return time.process_time() + sum(_cpu_ticks(each) for each in _workers()) / os.sysconf("SC_CLK_TCK")


def _cpu_ticks(number: int) -> int:
    """User and system time of a process, and of its children that were waited for (proc_pid_stat(5))."""
    _, _, fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")
    return sum(map(int, fields.split()[11:15]))


def held_megabytes() -> float:
    pages = (int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in (os.getpid(), *_workers()))
    return sum(pages) * PAGE_BYTES / 1e6


def _workers() -> list[int]:
    server = FORK_SERVER.process_id
    return [server, *_children(server)] if server else []


def _children(number: int) -> Iterable[int]:
    return map(int, Path(f"/proc/{number}/task/{number}/children").read_text().split())
