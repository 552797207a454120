"""The worker's life: threads that serve, one that beats for all, and an end by which no order is lost."""

import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread

from gpu_container.worker.heartbeat import beat_until
from gpu_container.worker.in_flight import Desk
from gpu_container.worker.serving import Counter, serve
from imgopt.storage import queues
from imgopt.telemetry import logger

ROUND_SECONDS = 5
# Longer than any network takes for a tile or a device to answer.
HUNG_SECONDS = 300
THREAD_ENDED = 0
# The numbers of signals, put there by their handlers, and THREAD_ENDED. It is the one queue that handlers may use.
Events = SimpleQueue[int]


def run(counter: Counter, jobs: int, events: Events) -> int:
    """Serves with so many threads until a signal comes, and a while longer for what is under way then.

    The exit status: 0, or 1 where a thread ended for no reason. Threads that can't be interrupted may be left over,
    with nothing to say any more.
    """
    beats_ended = Event()
    settings = counter.settings
    beats = (beats_ended, counter.desk, settings.beat_seconds, settings.visibility_seconds)
    settings.health_file.touch()
    Thread(target=beat_until, args=beats, daemon=True).start()
    for number in range(jobs):
        Thread(target=serve_and_say, args=(counter, number, events), daemon=True).start()
    event = watch(counter, events)
    counter.stop.set()
    await_threads(jobs - (event == THREAD_ENDED), settings.grace_seconds, events)
    beats_ended.set()
    given_back = give_back(counter.desk)
    logger.info("worker ends", signal=event, given_back=given_back)
    return int(event == THREAD_ENDED)


def serve_and_say(counter: Counter, number: int, events: Events) -> None:
    try:
        serve(counter, number)
    finally:
        events.put(THREAD_ENDED)


def watch(counter: Counter, events: Events) -> int:
    """The first event. Until then the health file is touched, except while a thread hangs."""
    while True:
        if not counter.desk.has_hung(HUNG_SECONDS):
            counter.settings.health_file.touch()
        with suppress(Empty):
            return events.get(timeout=ROUND_SECONDS)


def await_threads(count: int, seconds: float, events: Events) -> None:
    """Until all have ended, time is up or another signal comes."""
    deadline = time.monotonic() + seconds
    while count:
        try:
            event = events.get(timeout=max(0, deadline - time.monotonic()))
        except Empty:
            return
        if event != THREAD_ENDED:
            return
        count -= 1


def give_back(desk: Desk) -> int:
    """Work that wasn't finished goes to another worker at once, and how much that was."""
    works = [work for work in desk.unsettled() if work.settle()]
    for work in works:
        try:
            queues.release(work.message)
        except Exception:  # it becomes visible by itself, later
            logger.exception("order not given back", job_id=work.order.plan["job_id"])
    return len(works)
