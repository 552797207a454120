"""Functions with reserved concurrency: an invocation that comes when all of it is in use waits for its turn.

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


def wait_for_turns() -> None:
    """For all invocations from here on. Raises AttributeError where the emulator has changed."""
    from ministack.services import lambda_svc

    turns = Turns(lambda_svc._acquire_execution_slot, lambda_svc._release_execution_slot)
    lambda_svc._acquire_execution_slot = turns.acquire
    lambda_svc._release_execution_slot = turns.release


@dataclass(frozen=True)
class Turn:
    function: Any
    config: Any
    key: list[str] = field(default_factory=list)
    has_come: Event = field(default_factory=Event)


class Turns:
    """Around two functions of the emulator's that take and free a unit of concurrency, and never wait."""

    def __init__(self, acquire: Callable[[Any, Any], Slot], release: Callable[[str], None]) -> None:
        self._acquire, self._release = acquire, release
        self._lines: dict[str, deque[Turn]] = defaultdict(deque)
        self._lock = Lock()

    def acquire(self, function: Any, config: Any) -> Slot:
        """In the order of coming, also at the account's limit, which others than those functions are refused at."""
        with self._lock:
            line = self._lines[config["FunctionName"]]
            slot = FULL if line else self._acquire(function, config)
            if slot[0] or not function.get("concurrency"):
                return slot
            line.append(turn := Turn(function, config))
        turn.has_come.wait()
        return turn.key[0], None

    def release(self, key: str) -> None:
        with self._lock:
            self._release(key)
            for line in self._lines.values():
                self._call_first(line)

    def _call_first(self, line: deque[Turn]) -> None:
        while line:
            key, _ = self._acquire(line[0].function, line[0].config)
            if key is None:
                return
            turn = line.popleft()
            turn.key.append(key)
            turn.has_come.set()
