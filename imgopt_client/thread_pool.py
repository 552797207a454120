"""Runs tasks in threads, which can be cancelled."""

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
    """An event that is set when the run is interrupted. Threads check it when they wait, read or write."""

    def __init__(self, sleep: Callable[[float], object] | None = None) -> None:
        self.event = threading.Event()
        self.sleep = sleep or self.event.wait

    def cancel(self) -> None:
        self.event.set()

    def wait(self, seconds: float) -> None:
        """Waits for some seconds. Raises Cancelled as soon as the run is interrupted."""
        self.sleep(seconds)
        self.check()

    def check(self) -> None:
        """Raises Cancelled if the run was interrupted."""
        if self.event.is_set():
            raise Cancelled


def drop_result(_: object) -> None:
    """Ignores a result. The default for results that need no cleanup."""


def run_in_order(
    tasks: Sequence[Callable[[], T]],
    thread_count: int,
    cancel_token: CancelToken,
    on_left: Callable[[T], object] = drop_result,
) -> Generator[T, None, None]:
    """Yields the results in the order of the tasks, each as soon as it and all before it are available.

    If it is interrupted, it calls `on_left` with the results that were not yielded. The threads are daemons, so that
    the interpreter can exit without waiting for answers of the server.
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
    """The loop of each thread. It ends when no task is left or the run is interrupted."""
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
    """Waits for all threads, at most `seconds` together."""
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
