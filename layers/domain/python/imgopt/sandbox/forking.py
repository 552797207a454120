"""Runs functions on untrusted bytes in processes that are forked for one job each, within its budget.

They are forked from a server process without credentials, threads or files, which has loaded all libraries, so that a
child starts within milliseconds (docs/decisions/0025).
"""

import json
import os
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from threading import Lock, Thread
from typing import Any

from imgopt.errors import InvalidImage, TooCostly, Unavailable
from imgopt.sandbox import confinement, spawning
from imgopt.sandbox.budget import Budget
from imgopt.sandbox.fork_server import DEADLINE, END, Killed
from imgopt.sandbox.spawning import ChildFailed

SERVE = "from imgopt.sandbox.fork_server import serve; serve()"
COMMAND = (sys.executable, "-S", "-P", "-c", SERVE)
# Makes glibc's malloc use pages of 2 MB where the machine has them (decision 59), because a new process needs a page
# fault for each page that it touches. Older and other C libraries ignore it.
LARGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
MILLION = 1_000_000
# A child that failed while it used this share of its memory probably asked for more than the rest.
MUCH = 0.6


@dataclass(frozen=True)
class End:
    """How a child ended: its status as from `os.wait`, the cause, and its peak memory in bytes."""

    status: int
    by: Killed
    peak_bytes: int


def call_forked(  # noqa: PLR0913 - properties of a job
    target: str,
    data: bytes,
    budget: Budget,
    seconds: float,
    refusal: str,
    /,
    *,
    programs: bool = False,
    **parameters: Any,
) -> bytes:
    """Returns what `target`, such as "imgopt.imaging.sandboxed:make_artifacts", returns for `data` and JSON parameters.

    It may only start other programs with `programs`.

    Raises TooCostly where it exceeds its budget or `seconds` of wall-clock time, InvalidImage with `refusal` where it
    crashes, Unavailable where the server died, and the public errors of `target`.
    """
    request = {"target": target, "parameters": parameters, "budget": asdict(budget), "programs": programs}
    answer, end = FORK_SERVER.run(json.dumps(request).encode() + b"\n" + data, seconds, budget.memory_bytes)
    header, newline, result = answer.partition(b"\n")
    if end.status or not newline:
        raise explain_end(end, budget, refusal) from ChildFailed(f"{end.by.name}, exit status {end.status}")
    fields = json.loads(header)
    if fields.get("failure") == MemoryError.__name__ or ("failure" in fields and _held_much(end, budget)):
        raise too_large(budget)  # libraries have their own errors for it
    return spawning.unwrap(fields, result, refusal)


def prepare() -> None:
    """Starts the server in advance, so that it has loaded its libraries when it is needed."""
    FORK_SERVER.start()


def stop() -> None:
    """Ends the server and all its children, and waits for their end."""
    FORK_SERVER.stop()


def explain_end(end: End, budget: Budget, refusal: str) -> Exception:
    """Returns the public error for a child that ended without an answer."""
    if end.by is Killed.BY_CPU:
        return TooCostly(f"This image needs more computing time than its credits pay for ({budget.cpu_seconds:.0f} s).")
    if end.by is Killed.BY_CLOCK:
        return TooCostly("This image takes too long to process.")
    if _held_much(end, budget):
        return too_large(budget)
    return InvalidImage(refusal)


def _held_much(end: End, budget: Budget) -> bool:
    return end.peak_bytes >= MUCH * budget.memory_bytes


def too_large(budget: Budget) -> TooCostly:
    """Returns the public error for exceeded memory."""
    return TooCostly(f"This image needs more memory than a job may use ({budget.memory_bytes // MILLION} MB).")


class ForkServer:
    """The client of the server. Any number of threads may run jobs at the same time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def run(self, request: bytes, seconds: float, most: int) -> tuple[bytes, End]:
        """Returns the child's answer, at most `most` bytes, and how the child ended."""
        sink, source, status = self.fork(seconds)
        with open(source, "rb") as answers, open(status, "rb") as ends:  # noqa: PTH123 - these are descriptors, not paths
            writer = Thread(target=_write, args=(sink, request), daemon=True)
            writer.start()
            answer = answers.read(most)
            answers.close()  # a child that still writes gets an error and ends
            end = ends.read()
            writer.join()
        return answer, read_end(end)

    def fork(self, seconds: float) -> tuple[int, int, int]:
        """Forks a child, which ends after `seconds`, or when all descriptors are closed.

        Returns descriptors: for its request, for its answer, and for its end.
        """
        ours, theirs = _pipes()
        try:
            self._send(theirs, seconds)
        except BaseException:
            for descriptor in ours:
                os.close(descriptor)
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        return ours

    @property
    def process_id(self) -> int | None:
        """The server's process id; None before its start."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        with self._lock:
            self._connect()

    def stop(self) -> None:
        with self._lock:
            if self._control and self._process:
                self._control.close()
                self._process.wait()
            self._control = self._process = None

    def _send(self, descriptors: list[int], seconds: float) -> None:
        """Sends a request. A server that has died is restarted once."""
        with self._lock:
            for is_last in (False, True):
                try:
                    socket.send_fds(self._connect(), [struct.pack(DEADLINE, seconds)], descriptors)
                    return
                except OSError as error:
                    self._forget()
                    if is_last:
                        raise Unavailable("Processing could not be started. Please try again.") from error

    def _connect(self) -> socket.socket:
        if self._process is None or self._process.poll() is not None:
            self._forget()
        if self._control is None:
            confinement.make_undumpable()
            self._control, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    COMMAND,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=spawning.child_environment() | LARGE_PAGES,
                    start_new_session=True,
                )
        return self._control

    def _forget(self) -> None:
        if self._control:
            self._control.close()
        if self._process:
            self._process.wait()
        self._control = self._process = None


FORK_SERVER = ForkServer()


def read_end(record: bytes) -> End:
    """Returns the server's report of a child's end. Raises Unavailable where the server has died."""
    if len(record) < END.size:
        raise Unavailable("Processing was interrupted. Please try again.")
    code, by, peak = END.unpack(record[: END.size])
    return End(code, Killed(by), peak)


def _pipes() -> tuple[tuple[int, int, int], list[int]]:
    """Returns the parent's ends (request, answer, report of the end), and the child's ends in the same order."""
    request, answer, end = os.pipe(), os.pipe(), os.pipe()
    return (request[1], answer[0], end[0]), [request[0], answer[1], end[1]]


def _write(descriptor: int, data: bytes) -> None:
    with suppress(BrokenPipeError), open(descriptor, "wb", buffering=0) as sink:
        view = memoryview(data)
        while view:
            view = view[sink.write(view) :]
