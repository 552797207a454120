"""What one thread of the worker does: one order after another, until it is to stop."""

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
# An order that comes once more has been the end of as many workers.
MOST_DELIVERIES = 3


@dataclass(frozen=True)
class WorkerContext:
    """What the threads of a worker share: where orders come from, what carries them out, and whether to stop."""

    settings: WorkerSettings
    runtime: Runtime
    in_flight: InFlight
    stop: Event


def serve_orders(context: WorkerContext, number: int) -> None:
    """The work of thread `number`, from 0. Whatever goes wrong is logged, and after a pause it goes on."""
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
    """One order, if one comes. A message that fails here stays in its queue and comes again after a while."""
    message = next_message(context, number)
    if message and context.stop.is_set():
        queues.release(message)
    elif message:
        delivery = Delivery(message, orders.read(message.body))
        with context.in_flight.holding(delivery):
            carry_out_delivery(delivery, context)


def carry_out_delivery(delivery: Delivery, context: WorkerContext) -> None:
    """The first heartbeat comes before all work: many orders may have waited for longer than anybody waits for them."""
    send_heartbeat(delivery, context.settings.visibility_seconds)
    if delivery.is_settled:
        return
    is_hopeless = delivery.message.deliveries > MOST_DELIVERIES
    outcome = orders.GIVEN_UP if is_hopeless else orders.carry_out(delivery.order, context.runtime)
    if delivery.settle():
        orders.tell(delivery.order, outcome)
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
    """Queues, and for how long to wait at each: short polls of all in order of preference, then a long one of one.

    Threads wait at different ones, so that no order waits for long while there are as many threads as queues.
    """
    urls = settings.queue_urls
    if len(urls) > 1:
        yield from ((url, 0) for url in urls)
    yield urls[number % len(urls)], settings.wait_seconds
