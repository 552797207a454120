"""The server of `imgopt.sandbox.forking`, which forks a child for each job, and the code of the child."""

import json
import os
import select
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from ctypes import CDLL
from dataclasses import dataclass
from enum import IntEnum
from importlib import import_module
from typing import Any

from imgopt.loading import garbage_kept
from imgopt.sandbox import budget as budgets
from imgopt.sandbox import confinement
from imgopt.sandbox.budget import Budget
from imgopt.sandbox.pooled import answer_each
from imgopt.sandbox.spawned import PR_SET_PDEATHSIG, SIGKILL, run_function

# A request on the control socket: three descriptors, and the wall-clock seconds.
DEADLINE = "d"
# A child's end: its status, its cause, and its peak memory in bytes.
END = struct.Struct("iiq")
CONTROL = 0
MOST_DESCRIPTORS = 1024
# The libraries of most jobs, loaded once. Loading them must not start threads.
PRELOADED = (
    "imgopt.codecs.loaded",
    "imgopt.imaging.optimize",
    "imgopt.imaging.sandboxed",
    "imgopt.imaging.tagging_input",
    "imgopt.transform.sandboxed",
    "PIL.AvifImagePlugin",
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.ImageChops",
    "PIL.ImageCms",
    "PIL.ImageFilter",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.PpmImagePlugin",
    "PIL.TiffImagePlugin",
    "PIL.WebPImagePlugin",
    "imagequant",
    "oxipng",
    "pyjpegli",
    "imgopt.imaging.scores.plugin",
)


class Killed(IntEnum):
    """What ended a child: itself, its CPU limit, or its wall-clock limit."""

    BY_NOBODY = 0
    BY_CPU = 1
    BY_CLOCK = 2


@dataclass
class ForkedChild:
    """A running child. `end` is the descriptor for the report of its end."""

    end: int
    deadline: float
    overdue: bool = False


def serve() -> None:
    """Forks a child for each request on a socket, which is standard input, until the socket is closed."""
    confinement.make_undumpable()
    preload()
    _Server(socket.socket(fileno=CONTROL)).run()


def preload() -> None:
    """Loads what every job needs, once for all forked processes."""
    with garbage_kept():
        for module in PRELOADED:
            with suppress(ImportError):  # each stage only has the libraries that it needs
                import_module(module)
        confinement.precompute()


class _Server:
    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: dict[int, ForkedChild] = {}
        self._woken, wake = os.pipe()
        self._poll = select.poll()
        for descriptor in (self._woken, wake):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for descriptor in (CONTROL, self._woken):
            self._poll.register(descriptor, select.POLLIN)

    def run(self) -> None:
        while True:
            ready = {descriptor for descriptor, _ in self._poll.poll(self._patience())}
            if self._woken in ready:
                os.read(self._woken, 4096)
            self._reap()
            self._end_overdue()
            self._end_given_up(ready)
            if CONTROL in ready:
                self._begin()

    def _patience(self) -> float | None:
        """Returns the milliseconds until the next deadline; None without one."""
        deadlines = [child.deadline for child in self._children.values() if not child.overdue]
        return max(0.0, min(deadlines) - time.monotonic()) * 1000 if deadlines else None

    def _begin(self) -> None:
        message, descriptors, _, _ = socket.recv_fds(self._control, struct.calcsize(DEADLINE), 3)
        if len(descriptors) != 3:
            os._exit(0)  # the parent is gone; children end with this process
        request, answer, end = descriptors
        pid = os.fork()
        if not pid:
            _become_child(request, answer)
        os.close(request)
        os.close(answer)
        (seconds,) = struct.unpack(DEADLINE, message)
        self._children[pid] = ForkedChild(end, time.monotonic() + seconds)
        self._poll.register(end, 0)  # without events, poll only reports errors: the reader is gone

    def _end_overdue(self) -> None:
        for pid, child in self._children.items():
            if not child.overdue and child.deadline <= time.monotonic():
                child.overdue = True
                _kill_group(pid)

    def _end_given_up(self, ready: set[int]) -> None:
        """Ends children whose caller no longer waits."""
        for pid, child in self._children.items():
            if child.end in ready:
                self._poll.unregister(child.end)
                _kill_group(pid)

    def _reap(self) -> None:
        """Reaps children that have ended, and ends the processes that they left behind."""
        while self._children and (number := _find_ended()):
            if number > 0:
                _kill_group(number)  # the number can't be reused before the child is reaped
            pid, status, usage = os.wait4(number, os.WNOHANG)
            if not pid:
                return
            child = self._children.pop(pid, None)
            if child:
                peak = usage.ru_maxrss * (1024 if sys.platform == "linux" else 1)
                with suppress(BrokenPipeError):
                    os.write(child.end, END.pack(status, _killer(child, status), peak))
                with suppress(KeyError):
                    self._poll.unregister(child.end)
                os.close(child.end)


def _find_ended() -> int:
    """Returns the id of a child that has ended but isn't reaped; 0 where there is none; -1 where the system
    can't tell.
    """
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return -1
    ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return ended.si_pid if ended else 0


def _killer(child: ForkedChild, status: int) -> Killed:
    if child.overdue:
        return Killed.BY_CLOCK
    return Killed.BY_CPU if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU else Killed.BY_NOBODY


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _become_child(request: int, answer: int) -> None:
    """Runs in the child: reads the request, carries it out, answers, and exits."""
    try:
        os.setsid()
        _end_with_parent()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        out = _keep_only(request, answer)
        with open(0, "rb", closefd=False) as source:
            call = json.loads(source.readline())
            if "calls" in call:
                answer_each(call, source, out, lambda: _limit(call))
            data = source.read()
        header, result = run_function(call["target"], data, call["parameters"], lambda: _limit(call))
        with open(out, "wb") as sink:  # noqa: PTH123 - a descriptor, not a path
            sink.write(json.dumps(header).encode() + b"\n")
            sink.write(result)
        os._exit(0)
    finally:
        os._exit(1)


def _end_with_parent() -> None:
    parent = os.getppid()
    if sys.platform == "linux":
        CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _keep_only(request: int, answer: int) -> int:
    """Makes the request standard input, closes the descriptors of other jobs, and returns the answer's descriptor."""
    os.dup2(request, 0)
    os.dup2(answer, 3)
    os.closerange(4, MOST_DESCRIPTORS)
    return 3


def _limit(call: dict[str, Any]) -> tuple[str, ...]:
    budgets.begin_job(Budget(**call["budget"]))
    return confinement.enter(programs=call["programs"])
