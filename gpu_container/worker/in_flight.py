"""The orders that threads of this process are processing. Each is settled once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from imgopt.storage.queues import Message
from imgopt.workflow.orders import UpscaleOrder


class Delivery:
    """A message from a queue and its order.

    It is settled once: by the thread that has finished it, when its execution has ended, or when the worker ends. Only
    the caller that settles it may then use the message and the token.
    """

    def __init__(self, message: Message, order: UpscaleOrder) -> None:
        self.message, self.order = message, order
        self.abandoned_at: float | None = None
        self._unsettled = Lock()

    def settle(self) -> bool:
        """Settles the delivery. True only for the first caller."""
        return self._unsettled.acquire(blocking=False)

    @property
    def is_settled(self) -> bool:
        return self._unsettled.locked()

    def abandon(self) -> bool:
        """Settles a delivery whose execution has ended. A thread may still process it for a while."""
        if not self.settle():
            return False
        self.abandoned_at = time.monotonic()
        return True


class InFlight:
    """All deliveries of the process. It is thread-safe."""

    def __init__(self) -> None:
        self._deliveries: list[Delivery] = []
        self._lock = Lock()

    @contextmanager
    def holding(self, delivery: Delivery) -> Iterator[None]:
        with self._lock:
            self._deliveries.append(delivery)
        try:
            yield
        finally:
            with self._lock:
                self._deliveries.remove(delivery)

    def unsettled(self) -> list[Delivery]:
        with self._lock:
            return [delivery for delivery in self._deliveries if not delivery.is_settled]

    def has_hung(self, seconds: float) -> bool:
        """Whether a thread has been processing an abandoned delivery for more than `seconds`."""
        with self._lock:
            abandoned = [delivery.abandoned_at for delivery in self._deliveries if delivery.abandoned_at is not None]
        return any(time.monotonic() - at > seconds for at in abandoned)
