"""Reserved concurrency of functions: invocations beyond it wait in a queue.

AWS Lambda refuses such an invocation, and Step Functions retries with growing pauses. The emulator reports it like a
crashed process, has no limit on the pauses, and each retry costs time.

An invocation also waits if the existing processes will be free sooner than a new one could start.
"""

import os
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

# The emulator's result: a key, or None and the limit that was reached.
Slot = tuple[str | None, str | None]
FULL = (None, "function")
# Seconds that a process needs to start on busy cores. If none became free for so long, another one is started.
QUEUE_TIMEOUT_SECONDS = 2.0


def queue_invocations() -> None:
    """Patches the emulator, for all later invocations. Raises AttributeError if the emulator has changed."""
    from ministack.services import lambda_svc

    cores = os.cpu_count() or 1
    queues = InvocationQueues(lambda_svc._acquire_execution_slot, lambda_svc._release_execution_slot, cores)
    lambda_svc._acquire_execution_slot = queues.acquire
    lambda_svc._release_execution_slot = queues.release


@dataclass(frozen=True)
class QueuedInvocation:
    function: Any
    config: Any
    key: list[str] = field(default_factory=list)
    may_begin: Event = field(default_factory=Event)


@dataclass
class FunctionQueue:
    """The queue of a function. `processes` is the largest number so far; `ended` is when one became free last."""

    processes: int
    waiting: deque[QueuedInvocation] = field(default_factory=deque)
    active: int = 0
    ended: float = -QUEUE_TIMEOUT_SECONDS

    def begin(self) -> None:
        self.active += 1
        self.processes = max(self.processes, self.active)


class InvocationQueues:
    """Wraps the two functions of the emulator that acquire and release a unit of concurrency without waiting."""

    def __init__(
        self,
        acquire: Callable[[Any, Any], Slot],
        release: Callable[[str], None],
        at_once: int,
        timeout: float = QUEUE_TIMEOUT_SECONDS,
    ) -> None:
        """`at_once` processes of a function are started without waiting. `timeout` is in seconds."""
        self._acquire, self._release = acquire, release
        self._timeout = timeout
        self._queues: dict[str, FunctionQueue] = defaultdict(lambda: FunctionQueue(at_once))
        self._of_key: dict[str, FunctionQueue] = {}
        self._lock = Lock()

    def acquire(self, function: Any, config: Any) -> Slot:
        """Acquires a unit in order of arrival. Functions with reserved concurrency also wait at the account's limit."""
        if not function.get("concurrency"):
            return self._acquire(function, config)
        invocation = QueuedInvocation(function, config)
        with self._lock:
            queue = self._queues[config["FunctionName"]]
            queue.waiting.append(invocation)
            self._begin_waiting(queue)
        while not invocation.may_begin.wait(self._timeout):
            with self._lock:
                self._begin_another(queue)
        return invocation.key[0], None

    def release(self, key: str) -> None:
        with self._lock:
            self._release(key)
            ended = self._of_key.get(key)
            if ended:
                ended.active, ended.ended = ended.active - 1, time.monotonic()
            for queue in self._queues.values():
                self._begin_waiting(queue)

    def _begin_waiting(self, queue: FunctionQueue) -> None:
        while queue.active < queue.processes and self._begin_first(queue):
            pass

    def _begin_another(self, queue: FunctionQueue) -> None:
        if time.monotonic() >= queue.ended + self._timeout:
            self._begin_first(queue)

    def _begin_first(self, queue: FunctionQueue) -> bool:
        """Starts the first waiting invocation. Returns whether there was one, and concurrency for it."""
        if not queue.waiting:
            return False
        invocation = queue.waiting[0]
        key, _ = self._acquire(invocation.function, invocation.config)
        if key is None:
            return False
        self._of_key[key] = queue
        queue.waiting.popleft()
        queue.begin()
        invocation.key.append(key)
        invocation.may_begin.set()
        return True
