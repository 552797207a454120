"""The orders that threads of this process are at work on, and who may say what becomes of each."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from imgopt.storage.queues import Message
from imgopt.workflow.orders import UpscaleOrder


class Delivery:
    """A message from a queue and the order in it.

    It is settled once: by the thread that has done it, by nobody's waiting for it any more, or by the worker's end.
    Who settles it deals with message and token, and nobody else after.
    """

    def __init__(self, message: Message, order: UpscaleOrder) -> None:
        self.message, self.order = message, order
        self.abandoned_at: float | None = None
        self._unsettled = Lock()

    def settle(self) -> bool:
        """True for the first caller alone."""
        return self._unsettled.acquire(blocking=False)

    @property
    def is_settled(self) -> bool:
        return self._unsettled.locked()

    def abandon(self) -> bool:
        """Settles it since nobody waits for it any more, though a thread may be at it for a while."""
        if not self.settle():
            return False
        self.abandoned_at = time.monotonic()
        return True


class InFlight:
    """All deliveries that the process is at. Any thread may use it."""

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
        """Whether a thread is at something that for so long nobody has waited for."""
        with self._lock:
            abandoned = [delivery.abandoned_at for delivery in self._deliveries if delivery.abandoned_at is not None]
        return any(time.monotonic() - at > seconds for at in abandoned)
