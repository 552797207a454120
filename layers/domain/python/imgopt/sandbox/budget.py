"""What one job may take of the machine: CPU seconds and memory, as the kernel counts them.

Long work asks `current()` what is left before it begins something that it could do without.
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
# Where nothing can be known of what comes next, it may take so many times as long as the like of it before.
CAUTION = 1.3


@dataclass(frozen=True)
class Budget:
    """CPU seconds of all processes of a job together, and bytes of memory that they hold at one time."""

    cpu_seconds: float
    memory_bytes: int


UNLIMITED = Budget(math.inf, sys.maxsize)


def cpu_seconds() -> float:
    """User and system time of this process and of its children that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


@dataclass
class Meter:
    """A budget and what is left of it, by a clock of CPU seconds.

    `reserved` seconds of it are for what comes after: nothing is allowed that could be done without and takes of them.
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
        """Bytes; only what this process holds itself is taken off."""
        if self.budget.memory_bytes == UNLIMITED.memory_bytes:
            return UNLIMITED.memory_bytes
        return max(0, self.budget.memory_bytes - resident_bytes())

    def allows(self, seconds: float) -> bool:
        """Whether work can be begun that takes about so many CPU seconds."""
        return seconds * CAUTION <= self.seconds_left - self.reserved

    def reserve(self, share: float) -> None:
        """So much, 0-1, of what is left now, in place of what was reserved before."""
        self.reserved = share * self.seconds_left if math.isfinite(self.budget.cpu_seconds) else 0.0


def resident_bytes() -> int:
    with suppress(OSError):  # not Linux
        return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES
    return 0


_running: list[Meter] = []
_without_limits = Meter()


def current() -> Meter:
    """The meter of the job that this process works on; without limits where it works on none."""
    return _running[-1] if _running else _without_limits


def is_begun() -> bool:
    """Whether this process is one job's alone."""
    return bool(_running)


def begin_job(budget: Budget) -> None:
    """This process works on a job from now on, and nothing else. The kernel ends it when it takes more than given."""
    _running.append(Meter(budget))
    _limit(resource.RLIMIT_CPU, _whole(cpu_seconds() + budget.cpu_seconds))
    _limit(resource.RLIMIT_DATA, _data_bytes() + budget.memory_bytes)


def begin_next(budget: Budget) -> None:
    """The same of the next of several pieces of work that a process does one after the other. Memory has one limit."""
    _running[:] = [Meter(budget)]
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    soft = _whole(cpu_seconds() + budget.cpu_seconds)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft if most == resource.RLIM_INFINITY else min(soft, most), most))


def settle() -> None:
    """Takes off the limit of this process what its children have spent, which the kernel counts for each alone."""
    if _running:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, _whole(usage.ru_utime + usage.ru_stime + current().seconds_left))


def _whole(seconds: float) -> int:
    """The kernel knows whole seconds, at least one."""
    return max(1, round(seconds))


def _data_bytes() -> int:
    """What counts for RLIMIT_DATA already: memory that can be written and is shared with nobody."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[5]) * PAGE_BYTES
    return 0


def _limit(kind: int, value: int) -> None:
    """Permanently; where the host allows even less, that stays. Of CPU time, the signal that says so comes first."""
    most = value + 1 if kind == resource.RLIMIT_CPU else value
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (value, most))
