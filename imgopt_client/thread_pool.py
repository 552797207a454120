"""Tasks side by side, and how they are told to stop."""

import threading
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TypeVar

from imgopt_client.errors import Stopped

T = TypeVar("T")
GRACE_SECONDS = 2.0


class Stop:
    """Set when the run is interrupted. Threads look at it wherever they wait, read or write."""

    def __init__(self, sleep: Callable[[float], object] | None = None) -> None:
        self.event = threading.Event()
        self.sleep = sleep or self.event.wait

    def pause(self, seconds: float) -> None:
        self.sleep(seconds)
        self.check()

    def check(self) -> None:
        if self.event.is_set():
            raise Stopped


def work(tasks: Sequence[Callable[[], T]], workers: int, stop: Stop) -> Generator[T, None, None]:
    """The results in the order of the tasks, each as soon as it and all before it are there.

    The threads are daemons: an interpreter that was told to end does not wait for a server's answer.
    """
    futures: list[Future[T]] = [Future() for _ in tasks]
    waiting: SimpleQueue[tuple[Callable[[], T], Future[T]]] = SimpleQueue()
    for each in zip(tasks, futures, strict=True):
        waiting.put(each)
    crew = [threading.Thread(target=run, args=(waiting, stop), daemon=True) for _ in range(min(workers, len(tasks)))]
    for thread in crew:
        thread.start()
    try:
        for future in futures:
            yield future.result()
    except BaseException:
        stop.event.set()
        join(crew, GRACE_SECONDS)
        raise


def run(waiting: "SimpleQueue[tuple[Callable[[], T], Future[T]]]", stop: Stop) -> None:
    while not stop.event.is_set():
        try:
            task, future = waiting.get_nowait()
        except Empty:
            return
        try:
            future.set_result(task())
        except BaseException as error:
            future.set_exception(error)


def join(crew: Sequence[threading.Thread], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for thread in crew:
        thread.join(max(0.0, deadline - time.monotonic()))
