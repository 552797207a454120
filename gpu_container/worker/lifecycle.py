"""The lifecycle of the worker: threads that process orders, one that sends heartbeats, and an orderly end."""

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
# Seconds. Longer than any network needs for a tile, or a device to answer.
HUNG_SECONDS = 300
THREAD_ENDED = 0
# The numbers of signals, put there by their handlers, and THREAD_ENDED. It is the one queue that handlers may use.
Events = SimpleQueue[int]


def run_worker(context: WorkerContext, jobs: int, events: Events) -> int:
    """Processes orders with `jobs` threads until a signal comes, and then finishes running orders for a while.

    Returns the exit status: 0, or 1 if a thread ended unexpectedly. Threads that can't be interrupted may still run,
    but their orders are settled.
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
    """Waits for the first event, and touches the health file until then, except while a thread hangs."""
    while True:
        if not context.in_flight.has_hung(HUNG_SECONDS):
            context.settings.health_file.touch()
        with suppress(Empty):
            return events.get(timeout=ROUND_SECONDS)


def await_threads(count: int, seconds: float, events: Events) -> None:
    """Waits until all threads have ended, the time is over, or another signal comes."""
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
    """Returns unfinished orders to their queues, for other workers, and returns their number."""
    deliveries = [delivery for delivery in in_flight.unsettled() if delivery.settle()]
    for delivery in deliveries:
        try:
            queues.release(delivery.message)
        except Exception:  # the queue delivers it again later
            logger.exception("order not given back", job_id=delivery.order.plan["job_id"])
    return len(deliveries)
