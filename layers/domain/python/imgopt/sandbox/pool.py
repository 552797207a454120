"""Runs functions of ours on strangers' bytes in processes that are used again: few, confined, replaced after a while.

For work so short that a process of its own would take longer than it does. A child that was taken over by what it read
can see, and answer wrongly, what it is given afterwards: less than `CALLS` of them, as each child is replaced by then,
and after a time-out, a crash or much memory at once. What belongs to owners who must not see each other doesn't come
here; `imgopt.sandbox.forking` has a process for each job (docs/decisions/0067).
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

# Of one child: calls, seconds until it is not given another, and seconds until the server ends it whatever it does.
CALLS, LIFETIME_SECONDS, MOST_SECONDS = 100, 600.0, 1800.0
# CPU seconds of all its calls: the limit of each comes before it.
CHILD_CPU_SECONDS = 1800.0
# How long the end of a child is waited for that has stopped answering.
END_SECONDS = 1.0
SLOW_CALL = "This image takes too long to process."
PIPE_BYTES, LONGEST_ANSWER_HEADER = 1 << 20, 1 << 14
SET_PIPE_SIZE = getattr(fcntl, "F_SETPIPE_SZ", None)


class AnswerHeader(BaseModel):
    """What stands before an answer's bytes."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    bytes: NonNegativeInt
    is_last: bool
    error: str = ""
    failure: str = ""
    message: str = ""
    without: str = ""


class NotAnswered(Exception):
    """A child closed its side, or said what it can't say."""


@dataclass
class PooledChild:
    """Descriptors as `ForkServer.fork` gives them."""

    request: int
    answer: int
    end: int
    began: float = field(default_factory=time.monotonic)
    calls: int = 0

    def __post_init__(self) -> None:
        for descriptor in (self.request, self.answer):
            os.set_blocking(descriptor, False)
            if SET_PIPE_SIZE is not None:
                with suppress(OSError):  # others hold as much of the kernel's memory already
                    fcntl.fcntl(descriptor, SET_PIPE_SIZE, PIPE_BYTES)

    @property
    def is_worn(self) -> bool:
        return self.calls >= CALLS or time.monotonic() - self.began > LIFETIME_SECONDS or _is_ready(self.end, 0)

    def ask(self, call: bytes, data: bytes, deadline: float, most: int) -> tuple[AnswerHeader, bytes]:
        """Raises NotAnswered, or TimeoutError."""
        self.calls += 1
        for part in (call, data):
            _write_all(self.request, part, deadline)
        head, begun = _read_line(self.answer, deadline)
        header = AnswerHeader.model_validate_json(head)
        if header.bytes > most or header.bytes < len(begun):
            raise NotAnswered(f"{header.bytes} bytes")
        return header, begun + _read_exactly(self.answer, header.bytes - len(begun), deadline)

    def close(self) -> None:
        """The server ends it by that."""
        for descriptor in (self.request, self.answer, self.end):
            os.close(descriptor)

    def read_end(self) -> bytes:
        """What the server tells of its end, if that comes soon."""
        return os.read(self.end, END.size) if _is_ready(self.end, END_SECONDS) else b""


class Pool:
    """Any number of threads may call; as many as `size` are carried out at a time, the others wait."""

    def __init__(self, size: int | None = None, server: ForkServer = FORK_SERVER) -> None:
        self._server, self._lock, self._idle = server, Lock(), list[PooledChild]()
        self._places = BoundedSemaphore(size or _count_cores())

    def call(self, target: str, data: bytes, budget: Budget, seconds: float, refusal: str, **parameters: Any) -> bytes:
        """What `target` returns for `data` and parameters, told by JSON, as `forking.call_forked` does.

        `seconds` are on the clock and begin with the wait for a place. `budget` has the memory of a child as the first
        call of it has it, and CPU seconds of this call.

        Raises Unavailable where no place is free in time, TooCostly, InvalidImage with `refusal`, and public errors.
        """
        deadline = time.monotonic() + seconds
        asked = {"target": target, "parameters": parameters, "budget": asdict(budget), "bytes": len(data)}
        with self._place(deadline):
            child = self._take(budget)
            try:
                header, result = child.ask(json.dumps(asked).encode() + b"\n", data, deadline, budget.memory_bytes)
            except TimeoutError as error:
                child.close()
                raise TooCostly(SLOW_CALL) from error
            except (OSError, NotAnswered, ValidationError) as error:
                raise _bury(child, budget, refusal) from error
            self._put_back(child, header)
        if header.failure == MemoryError.__name__:
            raise too_large(budget)
        told = header.model_dump(exclude={"bytes", "is_last"}, exclude_defaults=True)
        return spawning.unwrap(told, result, refusal)

    def close(self) -> None:
        """Ends those that wait for work."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.close()

    @contextmanager
    def _place(self, deadline: float) -> Iterator[None]:
        if not self._places.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise Unavailable("Too many images are made at the moment. Please try again.")
        try:
            yield
        finally:
            self._places.release()

    def _take(self, budget: Budget) -> PooledChild:
        """The one that worked last, as its memory is at hand."""
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
        with suppress(OSError):  # the call itself tells that
            os.write(child.request, json.dumps(first).encode() + b"\n")
        return child

    def _put_back(self, child: PooledChild, header: AnswerHeader) -> None:
        if header.is_last or header.failure:
            child.close()
            return
        with self._lock:
            self._idle.append(child)


def _bury(child: PooledChild, budget: Budget, refusal: str) -> Exception:
    """The error of a child that gave no answer."""
    try:
        told = child.read_end()
    finally:
        child.close()
    if not told:
        return InvalidImage(refusal)  # it lives, and says what it can't say
    try:
        end = read_end(told)
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
    """A line, and what came with it."""
    read = b""
    while b"\n" not in read:
        if len(read) > LONGEST_ANSWER_HEADER:
            raise NotAnswered("a header without end")
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
        raise NotAnswered("its answer ends")
    return read


def _await(descriptor: int, event: int, deadline: float) -> None:
    waiting = select.poll()
    waiting.register(descriptor, event)
    if not waiting.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError
