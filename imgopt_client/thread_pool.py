"""Runs tasks in parallel threads, and tells them to stop."""

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TypeVar

from imgopt_client.errors import Cancelled

T = TypeVar("T")
CANCEL_GRACE_SECONDS = 2.0


class CancelToken:
    """Set when the run is interrupted. Threads check it wherever they wait, read or write."""

    def __init__(self, sleep: Callable[[float], object] | None = None) -> None:
        self.event = threading.Event()
        self.sleep = sleep or self.event.wait

    def cancel(self) -> None:
        self.event.set()

    def wait(self, seconds: float) -> None:
        """Raises Cancelled, at once where the wait itself is interrupted."""
        self.sleep(seconds)
        self.check()

    def check(self) -> None:
        """Raises Cancelled once the run is interrupted."""
        if self.event.is_set():
            raise Cancelled


def drop_result(_: object) -> None:
    """For results that leave nothing to be cleared away."""


def run_in_order(
    tasks: Sequence[Callable[[], T]],
    thread_count: int,
    cancel_token: CancelToken,
    on_left: Callable[[T], object] = drop_result,
) -> Generator[T, None, None]:
    """The results in the order of the tasks, each as soon as it and all before it are there.

    Interrupted, it hands those that are there already to `on_left`.
    The threads are daemons: an interpreter that was told to end does not wait for a server's answer.
    """
    futures: list[Future[T]] = [Future() for _ in tasks]
    queue: SimpleQueue[tuple[Callable[[], T], Future[T]]] = SimpleQueue()
    for each in zip(tasks, futures, strict=True):
        queue.put(each)
    count = min(thread_count, len(tasks))
    threads = [threading.Thread(target=run_queued, args=(queue, cancel_token), daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    left = deque(futures)
    try:
        while left:
            result = left[0].result()
            left.popleft()
            yield result
    except BaseException:
        cancel_token.cancel()
        join(threads, CANCEL_GRACE_SECONDS)
        for future in left:
            if future.done() and future.exception() is None:
                on_left(future.result())
        raise


def run_queued(queue: "SimpleQueue[tuple[Callable[[], T], Future[T]]]", cancel_token: CancelToken) -> None:
    """What each thread does, until no task is left or the run is interrupted."""
    while not cancel_token.event.is_set():
        try:
            task, future = queue.get_nowait()
        except Empty:
            return
        try:
            future.set_result(task())
        except BaseException as error:
            future.set_exception(error)


def join(threads: Sequence[threading.Thread], seconds: float) -> None:
    """Waits that long for all of them together."""
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
