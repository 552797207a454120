"""From the worker's start to its end: threads that serve, one that sends heartbeats, and no order is lost."""

import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread

from gpu_container.worker.heartbeat import send_heartbeats
from gpu_container.worker.in_flight import InFlight
from gpu_container.worker.serving import WorkerContext, serve_orders
from imgopt.storage import queues
from imgopt.telemetry import logger

ROUND_SECONDS = 5
# Longer than any network takes for a tile or a device to answer.
HUNG_SECONDS = 300
THREAD_ENDED = 0
# The numbers of signals, put there by their handlers, and THREAD_ENDED. It is the one queue that handlers may use.
Events = SimpleQueue[int]


def run_worker(context: WorkerContext, jobs: int, events: Events) -> int:
    """Serves with so many threads until a signal comes, and a while longer for what is under way then.

    The exit status: 0, or 1 where a thread ended for no reason. Threads that can't be interrupted may be left over,
    with nothing to say any more.
    """
    heartbeats_ended = Event()
    settings = context.settings
    arguments = (heartbeats_ended, context.in_flight, settings.beat_seconds, settings.visibility_seconds)
    settings.health_file.touch()
    Thread(target=send_heartbeats, args=arguments, daemon=True).start()
    for number in range(jobs):
        Thread(target=serve_and_report, args=(context, number, events), daemon=True).start()
    event = watch(context, events)
    context.stop.set()
    await_threads(jobs - (event == THREAD_ENDED), settings.grace_seconds, events)
    heartbeats_ended.set()
    given_back = release_unsettled(context.in_flight)
    logger.info("worker ends", signal=event, given_back=given_back)
    return int(event == THREAD_ENDED)


def serve_and_report(context: WorkerContext, number: int, events: Events) -> None:
    try:
        serve_orders(context, number)
    finally:
        events.put(THREAD_ENDED)


def watch(context: WorkerContext, events: Events) -> int:
    """The first event. Until then the health file is touched, except while a thread hangs."""
    while True:
        if not context.in_flight.has_hung(HUNG_SECONDS):
            context.settings.health_file.touch()
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


def release_unsettled(in_flight: InFlight) -> int:
    """Gives orders that were not finished to other workers at once; how many there were."""
    deliveries = [delivery for delivery in in_flight.unsettled() if delivery.settle()]
    for delivery in deliveries:
        try:
            queues.release(delivery.message)
        except Exception:  # it becomes visible by itself, later
            logger.exception("order not given back", job_id=delivery.order.plan["job_id"])
    return len(deliveries)
