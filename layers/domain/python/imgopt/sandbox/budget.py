"""Budgets: the CPU seconds and memory of one job, limited by the kernel.

Long computations ask `current()` for what is left before they begin optional work.
"""

import math
import os
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
# Work of unknown length may take this many times as long as similar work before.
SAFETY_FACTOR = 1.3


@dataclass(frozen=True)
class Budget:
    """CPU seconds of all processes of a job together, and the bytes of memory that they may hold at the same time."""

    cpu_seconds: float
    memory_bytes: int


UNLIMITED = Budget(math.inf, sys.maxsize)


def cpu_seconds() -> float:
    """Returns the user and system time of this process and its ended children, in seconds."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


@dataclass
class Meter:
    """A budget, and the CPU seconds that were used when it began.

    `reserved` seconds are kept for later steps: optional work may not use them.
    """

    budget: Budget = UNLIMITED
    clock: Callable[[], float] = cpu_seconds
    began: float = field(init=False)
    reserved: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self.began = self.clock()

    @property
    def spent(self) -> float:
        return self.clock() - self.began

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.budget.cpu_seconds - self.spent)

    @property
    def memory_left(self) -> int:
        """The bytes that are left. Only this process's own memory is subtracted."""
        if self.budget.memory_bytes == UNLIMITED.memory_bytes:
            return UNLIMITED.memory_bytes
        return max(0, self.budget.memory_bytes - resident_bytes())

    def allows(self, seconds: float) -> bool:
        """Returns whether optional work of about `seconds` CPU seconds can begin."""
        return seconds * SAFETY_FACTOR <= self.seconds_left - self.reserved

    def reserve(self, share: float) -> None:
        """Reserves a share, 0 to 1, of the remaining seconds, in place of the previous reserve."""
        self.reserved = share * self.seconds_left if math.isfinite(self.budget.cpu_seconds) else 0.0


def resident_bytes() -> int:
    with suppress(OSError):  # /proc only exists on Linux
        return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES
    return 0


_running: list[Meter] = []
_without_limits = Meter()


def current() -> Meter:
    """Returns the meter of this process's job; one without limits outside of jobs."""
    return _running[-1] if _running else _without_limits


def is_begun() -> bool:
    """Returns whether this process works for a single job."""
    return bool(_running)


def begin_job(budget: Budget) -> None:
    """Dedicates this process to a job. The kernel ends it when it exceeds the budget."""
    _running.append(Meter(budget))
    _limit(resource.RLIMIT_CPU, _whole(cpu_seconds() + budget.cpu_seconds))
    _limit(resource.RLIMIT_DATA, _data_bytes() + budget.memory_bytes)


def begin_next(budget: Budget) -> None:
    """Begins the next of several pieces of work in one process. The limit on memory stays the first one."""
    _running[:] = [Meter(budget)]
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    soft = _whole(cpu_seconds() + budget.cpu_seconds)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft if most == resource.RLIM_INFINITY else min(soft, most), most))


def settle() -> None:
    """Lowers this process's CPU limit by what its children have used, because the kernel limits each process
    separately.
    """
    if _running:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, _whole(usage.ru_utime + usage.ru_stime + current().seconds_left))


def _whole(seconds: float) -> int:
    """Returns whole seconds, at least 1, as the kernel requires."""
    return max(1, round(seconds))


def _data_bytes() -> int:
    """Returns the bytes that RLIMIT_DATA counts already: private writable memory."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[5]) * PAGE_BYTES
    return 0


def _limit(kind: int, value: int) -> None:
    """Sets a permanent limit. A lower limit of the host stays. For CPU time, SIGXCPU comes one second before
    SIGKILL.
    """
    most = value + 1 if kind == resource.RLIMIT_CPU else value
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (value, most))
