"""The loop of a worker thread: it processes one order after another until the worker stops."""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event

from gpu_container.worker.heartbeat import send_heartbeat
from gpu_container.worker.in_flight import Delivery, InFlight
from gpu_container.worker.settings import WorkerSettings
from imgopt.storage import queues
from imgopt.storage.queues import Message
from imgopt.telemetry import logger
from imgopt.upscale.runtime import Runtime
from imgopt.workflow import orders

LONGEST_PAUSE_SECONDS = 60
# The most deliveries of an order. Beyond them it fails, because it may have stopped as many workers.
MOST_DELIVERIES = 3


@dataclass(frozen=True)
class WorkerContext:
    """The context that the threads of a worker share: queues, runtime, and whether to stop."""

    settings: WorkerSettings
    runtime: Runtime
    in_flight: InFlight
    stop: Event


def serve_orders(context: WorkerContext, number: int) -> None:
    """The loop of thread `number`, from 0. Errors are logged, and it continues after a pause."""
    failures = 0
    while not context.stop.is_set():
        try:
            serve_next(context, number)
            failures = 0
        except Exception:
            logger.exception("thread failed")
            context.stop.wait(min(2**failures, LONGEST_PAUSE_SECONDS))
            failures += 1


def serve_next(context: WorkerContext, number: int) -> None:
    """Processes one order, if there is one. The queue delivers a message again that fails here."""
    message = next_message(context, number)
    if message and context.stop.is_set():
        queues.release(message)
    elif message:
        delivery = Delivery(message, orders.read(message.body))
        with context.in_flight.holding(delivery):
            carry_out_delivery(delivery, context)


def carry_out_delivery(delivery: Delivery, context: WorkerContext) -> None:
    """Processes an order. It sends a heartbeat first, because the execution of an old order may have ended."""
    send_heartbeat(delivery, context.settings.visibility_seconds)
    if delivery.is_settled:
        return
    is_hopeless = delivery.message.deliveries > MOST_DELIVERIES
    outcome = orders.GIVEN_UP if is_hopeless else orders.carry_out(delivery.order, context.runtime)
    if delivery.settle():
        orders.report_outcome(delivery.order, outcome)
        queues.delete(delivery.message)


def next_message(context: WorkerContext, number: int) -> Message | None:
    for url, wait_seconds in polls(context.settings, number):
        if context.stop.is_set():
            return None
        message = queues.receive_message(
            url, wait_seconds=wait_seconds, visibility_seconds=context.settings.visibility_seconds
        )
        if message:
            return message
    return None


def polls(settings: WorkerSettings, number: int) -> Iterator[tuple[str, int]]:
    """The queues to poll, with waiting times in seconds: short polls of all by priority, then a long poll of one.

    Threads use different queues for long polls, so that with as many threads as queues no order waits for long.
    """
    urls = settings.queue_urls
    if len(urls) > 1:
        yield from ((url, 0) for url in urls)
    yield urls[number % len(urls)], settings.wait_seconds
