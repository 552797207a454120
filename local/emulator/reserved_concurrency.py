"""Functions with reserved concurrency: an invocation that comes when all of it is in use waits in a queue.

Lambda refuses such an invocation, and Step Functions asks again after pauses that grow. The emulator names that as it
names a process that died, has pauses grow without a limit, and each repeat is work for it.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

# As the emulator has it: a key, or none and which limit was reached.
Slot = tuple[str | None, str | None]
FULL = (None, "function")


def queue_invocations() -> None:
    """For all invocations from here on. Raises AttributeError where the emulator has changed."""
    from ministack.services import lambda_svc

    queues = InvocationQueues(lambda_svc._acquire_execution_slot, lambda_svc._release_execution_slot)
    lambda_svc._acquire_execution_slot = queues.acquire
    lambda_svc._release_execution_slot = queues.release


@dataclass(frozen=True)
class QueuedInvocation:
    function: Any
    config: Any
    key: list[str] = field(default_factory=list)
    may_begin: Event = field(default_factory=Event)


class InvocationQueues:
    """Around two functions of the emulator's that take and free a unit of concurrency, and never wait."""

    def __init__(self, acquire: Callable[[Any, Any], Slot], release: Callable[[str], None]) -> None:
        self._acquire, self._release = acquire, release
        self._queues: dict[str, deque[QueuedInvocation]] = defaultdict(deque)
        self._lock = Lock()

    def acquire(self, function: Any, config: Any) -> Slot:
        """In the order of coming, also at the account's limit, which others than those functions are refused at."""
        with self._lock:
            queue = self._queues[config["FunctionName"]]
            slot = FULL if queue else self._acquire(function, config)
            if slot[0] or not function.get("concurrency"):
                return slot
            queue.append(invocation := QueuedInvocation(function, config))
        invocation.may_begin.wait()
        return invocation.key[0], None

    def release(self, key: str) -> None:
        with self._lock:
            self._release(key)
            for queue in self._queues.values():
                self._begin_first(queue)

    def _begin_first(self, queue: deque[QueuedInvocation]) -> None:
        while queue:
            key, _ = self._acquire(queue[0].function, queue[0].config)
            if key is None:
                return
            invocation = queue.popleft()
            invocation.key.append(key)
            invocation.may_begin.set()
