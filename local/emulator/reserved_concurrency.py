"""Functions with reserved concurrency: an invocation that comes when all of it is in use waits in a queue.

Lambda refuses such an invocation, and Step Functions asks again after pauses that grow. The emulator names that as it
names a process that died, has pauses grow without a limit, and each repeat is work for it.

An invocation also waits while the processes that there are take one after the other: another one takes longer to start
than what most of them do, and cores are shared by all.
"""

import os
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

# As the emulator has it: a key, or none and which limit was reached.
Slot = tuple[str | None, str | None]
FULL = (None, "function")
# About what a process takes to start on busy cores: where none was done for so long, another one is worth it.
PATIENCE_SECONDS = 2.0


def queue_invocations() -> None:
    """For all invocations from here on. Raises AttributeError where the emulator has changed."""
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
    """Of one function: `processes` is the most that it has had at a time, `ended` when one was done last."""

    processes: int
    waiting: deque[QueuedInvocation] = field(default_factory=deque)
    active: int = 0
    ended: float = -PATIENCE_SECONDS

    def begin(self) -> None:
        self.active += 1
        self.processes = max(self.processes, self.active)


class InvocationQueues:
    """Around two functions of the emulator's that take and free a unit of concurrency, and never wait."""

    def __init__(
        self,
        acquire: Callable[[Any, Any], Slot],
        release: Callable[[str], None],
        at_once: int,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """`at_once` processes of a function are started without waiting; `patience` in seconds."""
        self._acquire, self._release = acquire, release
        self._patience = patience
        self._queues: dict[str, FunctionQueue] = defaultdict(lambda: FunctionQueue(at_once))
        self._of_key: dict[str, FunctionQueue] = {}
        self._lock = Lock()

    def acquire(self, function: Any, config: Any) -> Slot:
        """In the order of coming, also at the account's limit, which others than those functions are refused at."""
        if not function.get("concurrency"):
            return self._acquire(function, config)
        invocation = QueuedInvocation(function, config)
        with self._lock:
            queue = self._queues[config["FunctionName"]]
            queue.waiting.append(invocation)
            self._begin_waiting(queue)
        while not invocation.may_begin.wait(self._patience):
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
        if time.monotonic() >= queue.ended + self._patience:
            self._begin_first(queue)

    def _begin_first(self, queue: FunctionQueue) -> bool:
        """Whether there was one, and concurrency for it."""
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
