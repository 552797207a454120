"""What one thread of the worker does: one order after another, until it is to stop."""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event

from gpu_container.worker.heartbeat import beat
from gpu_container.worker.in_flight import Desk, Work
from gpu_container.worker.settings import WorkerSettings
from imgopt.storage import queues
from imgopt.storage.queues import Message
from imgopt.telemetry import logger
from imgopt.upscale.session import Runtime
from imgopt.workflow import orders

LONGEST_PAUSE_SECONDS = 60
# An order that comes once more has been the end of as many workers.
MOST_DELIVERIES = 3


@dataclass(frozen=True)
class Counter:
    """What the threads of a worker share: where orders come from, what carries them out, and the sign to stop."""

    settings: WorkerSettings
    runtime: Runtime
    desk: Desk
    stop: Event


def serve(counter: Counter, number: int) -> None:
    """The work of thread `number`, from 0. Whatever goes wrong is logged, and after a pause it goes on."""
    failures = 0
    while not counter.stop.is_set():
        try:
            serve_next(counter, number)
            failures = 0
        except Exception:
            logger.exception("thread failed")
            counter.stop.wait(min(2**failures, LONGEST_PAUSE_SECONDS))
            failures += 1


def serve_next(counter: Counter, number: int) -> None:
    """One order, if one comes. A message that fails here stays in its queue and comes again after a while."""
    message = next_message(counter, number)
    if message and counter.stop.is_set():
        queues.release(message)
    elif message:
        work = Work(message, orders.read(message.body))
        with counter.desk.holding(work):
            carry_out(work, counter)


def carry_out(work: Work, counter: Counter) -> None:
    """The first beat comes before all work: many orders may have waited for longer than anybody waits for them."""
    beat(work, counter.settings.visibility_seconds)
    if work.is_settled:
        return
    is_hopeless = work.message.deliveries > MOST_DELIVERIES
    outcome = orders.GIVEN_UP if is_hopeless else orders.carry_out(work.order, counter.runtime)
    if work.settle():
        orders.tell(work.order, outcome)
        queues.delete(work.message)


def next_message(counter: Counter, number: int) -> Message | None:
    for url, wait_seconds in looks(counter.settings, number):
        if counter.stop.is_set():
            return None
        message = queues.receive(url, wait_seconds=wait_seconds, visibility_seconds=counter.settings.visibility_seconds)
        if message:
            return message
    return None


def looks(settings: WorkerSettings, number: int) -> Iterator[tuple[str, int]]:
    """Queues, and for how long to wait at each: a look at all in order of preference, then patience at one of them.

    Threads are patient at different ones, so that no order waits for long while there are as many threads as queues.
    """
    urls = settings.queue_urls
    if len(urls) > 1:
        yield from ((url, 0) for url in urls)
    yield urls[number % len(urls)], settings.wait_seconds
