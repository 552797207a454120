"""Runs functions on untrusted bytes in a few confined processes that are reused, and replaced after a while.

It is for calls that are shorter than the start of a process. A child that was taken over by a malicious file can see,
and falsify, its later calls: fewer than `CALLS`. It is replaced after these, and after a timeout, a crash, or high
memory use. Data of owners who must not see each other are never processed here, but in `imgopt.sandbox.forking`, which
has a process for each job (docs/decisions/0067).
"""

import fcntl
import json
import os
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from threading import BoundedSemaphore, Lock
from typing import Any

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from imgopt.errors import InvalidImage, TooCostly, Unavailable
from imgopt.sandbox import spawning
from imgopt.sandbox.budget import Budget
from imgopt.sandbox.fork_server import END, Killed
from imgopt.sandbox.forking import FORK_SERVER, ForkServer, explain_end, read_end, too_large
from imgopt.sandbox.spawning import ChildFailed

# Of one child: the calls, the seconds until it gets no further call, and the seconds until the server ends it.
CALLS, LIFETIME_SECONDS, MOST_SECONDS = 100, 600.0, 1800.0
# CPU seconds of all calls of a child. Each call has a limit of its own in addition.
CHILD_CPU_SECONDS = 1800.0
# How long to wait for the end of a child that has stopped answering.
END_SECONDS = 1.0
SLOW_CALL = "This image takes too long to process."
PIPE_BYTES, LONGEST_ANSWER_HEADER = 1 << 20, 1 << 14
SET_PIPE_SIZE = getattr(fcntl, "F_SETPIPE_SZ", None)


class AnswerHeader(BaseModel):
    """The JSON line before an answer's bytes."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    bytes: NonNegativeInt
    is_last: bool
    error: str = ""
    failure: str = ""
    message: str = ""
    without: str = ""


class NotAnswered(Exception):
    """A child closed its connection, or sent an invalid answer."""


@dataclass
class PooledChild:
    """A running child, with the descriptors of `ForkServer.fork`."""

    request: int
    answer: int
    end: int
    began: float = field(default_factory=time.monotonic)
    calls: int = 0

    def __post_init__(self) -> None:
        for descriptor in (self.request, self.answer):
            os.set_blocking(descriptor, False)
            if SET_PIPE_SIZE is not None:
                with suppress(OSError):  # the kernel may not grant a larger buffer
                    fcntl.fcntl(descriptor, SET_PIPE_SIZE, PIPE_BYTES)

    @property
    def is_worn(self) -> bool:
        return self.calls >= CALLS or time.monotonic() - self.began > LIFETIME_SECONDS or _is_ready(self.end, 0)

    def ask(self, call: bytes, data: bytes, deadline: float, most: int) -> tuple[AnswerHeader, bytes]:
        """Sends a call and returns its answer. Raises NotAnswered, or TimeoutError."""
        self.calls += 1
        for part in (call, data):
            _write_all(self.request, part, deadline)
        head, begun = _read_line(self.answer, deadline)
        header = AnswerHeader.model_validate_json(head)
        if header.bytes > most or header.bytes < len(begun):
            raise NotAnswered(f"{header.bytes} bytes")
        return header, begun + _read_exactly(self.answer, header.bytes - len(begun), deadline)

    def close(self) -> None:
        """Closes the descriptors, so that the server ends the child."""
        for descriptor in (self.request, self.answer, self.end):
            os.close(descriptor)

    def read_end(self) -> bytes:
        """Returns the server's report of the child's end; b"" where none comes soon."""
        return os.read(self.end, END.size) if _is_ready(self.end, END_SECONDS) else b""


class Pool:
    """A pool of `size` children. Any number of threads may call it; calls beyond `size` wait."""

    def __init__(self, size: int | None = None, server: ForkServer = FORK_SERVER) -> None:
        self._server, self._lock, self._idle = server, Lock(), list[PooledChild]()
        self._places = BoundedSemaphore(size or _count_cores())

    def call(self, target: str, data: bytes, budget: Budget, seconds: float, refusal: str, **parameters: Any) -> bytes:
        """Returns what `target` returns for `data` and JSON parameters, as `forking.call_forked` does.

        `seconds` are wall-clock time, including the wait for a child. `budget` has the memory of a child, which its
        first call sets, and the CPU seconds of this call.

        Raises Unavailable where no child is free in time, TooCostly, InvalidImage with `refusal`, and the public errors
        of `target`.
        """
        deadline = time.monotonic() + seconds
        request = {"target": target, "parameters": parameters, "budget": asdict(budget), "bytes": len(data)}
        with self._place(deadline):
            child = self._take(budget)
            try:
                header, result = child.ask(json.dumps(request).encode() + b"\n", data, deadline, budget.memory_bytes)
            except TimeoutError as error:
                child.close()
                raise TooCostly(SLOW_CALL) from error
            except (OSError, NotAnswered, ValidationError) as error:
                raise _explain_failure(child, budget, refusal) from error
            self._put_back(child, header)
        if header.failure == MemoryError.__name__:
            raise too_large(budget)
        fields = header.model_dump(exclude={"bytes", "is_last"}, exclude_defaults=True)
        return spawning.unwrap(fields, result, refusal)

    def close(self) -> None:
        """Ends the idle children."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.close()

    @contextmanager
    def _place(self, deadline: float) -> Iterator[None]:
        if not self._places.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise Unavailable("Too many images are being processed. Please try again.")
        try:
            yield
        finally:
            self._places.release()

    def _take(self, budget: Budget) -> PooledChild:
        """Returns the child that worked last, whose memory is in the CPU's caches."""
        while True:
            with self._lock:
                child = self._idle.pop() if self._idle else None
            if child is None:
                return self._begin(budget)
            if not child.is_worn:
                return child
            child.close()

    def _begin(self, budget: Budget) -> PooledChild:
        child = PooledChild(*self._server.fork(MOST_SECONDS))
        limits = {"cpu_seconds": CHILD_CPU_SECONDS, "memory_bytes": budget.memory_bytes}
        first = {"calls": CALLS, "programs": False, "budget": limits}
        with suppress(OSError):  # the call itself reports the error
            os.write(child.request, json.dumps(first).encode() + b"\n")
        return child

    def _put_back(self, child: PooledChild, header: AnswerHeader) -> None:
        if header.is_last or header.failure:
            child.close()
            return
        with self._lock:
            self._idle.append(child)


def _explain_failure(child: PooledChild, budget: Budget, refusal: str) -> Exception:
    """Returns the error for a child that gave no answer."""
    try:
        end_record = child.read_end()
    finally:
        child.close()
    if not end_record:
        return InvalidImage(refusal)  # it is alive, but sent an invalid answer
    try:
        end = read_end(end_record)
    except Unavailable as interrupted:
        return interrupted
    ended = TooCostly(SLOW_CALL) if end.by is Killed.BY_CPU else explain_end(end, budget, refusal)
    ended.__cause__ = ChildFailed(f"{end.by.name}, exit status {end.status}")
    return ended


def _count_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _is_ready(descriptor: int, seconds: float) -> bool:
    return bool(select.select([descriptor], [], [], seconds)[0])


def _write_all(descriptor: int, data: bytes, deadline: float) -> None:
    view = memoryview(data)
    while view:
        _await(descriptor, select.POLLOUT, deadline)
        view = view[os.write(descriptor, view[:PIPE_BYTES]) :]


def _read_line(descriptor: int, deadline: float) -> tuple[bytes, bytes]:
    """Returns a line, and the bytes that were read after it."""
    read = b""
    while b"\n" not in read:
        if len(read) > LONGEST_ANSWER_HEADER:
            raise NotAnswered("the header has no end")
        read += _read_some(descriptor, LONGEST_ANSWER_HEADER, deadline)
    line, _, begun = read.partition(b"\n")
    return line, begun


def _read_exactly(descriptor: int, count: int, deadline: float) -> bytes:
    parts = []
    while count:
        parts.append(_read_some(descriptor, min(count, PIPE_BYTES), deadline))
        count -= len(parts[-1])
    return b"".join(parts)


def _read_some(descriptor: int, most: int, deadline: float) -> bytes:
    _await(descriptor, select.POLLIN, deadline)
    read = os.read(descriptor, most)
    if not read:
        raise NotAnswered("the answer ends early")
    return read


def _await(descriptor: int, event: int, deadline: float) -> None:
    waiting = select.poll()
    waiting.register(descriptor, event)
    if not waiting.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError
