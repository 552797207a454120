"""`python -m gpu_container.worker` processes the orders of its queues, until SIGTERM or SIGINT."""

import logging
import os
import signal
import sys
from queue import SimpleQueue
from threading import Event

from gpu_container.worker.batching import share_networks
from gpu_container.worker.devices import JOBS_BY_DEVICE, runtime_on
from gpu_container.worker.in_flight import InFlight
from gpu_container.worker.lifecycle import Events, run_worker
from gpu_container.worker.serving import WorkerContext
from gpu_container.worker.settings import WorkerSettings
from imgopt.errors import NotConfigured
from imgopt.sandbox import forking
from imgopt.storage import clients
from imgopt.telemetry import logger

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def main() -> None:
    events: Events = SimpleQueue()
    for number in SIGNALS:
        signal.signal(number, lambda received, _: events.put(received))
    settings = WorkerSettings()
    if not settings.queue_urls:
        sys.exit("IMGOPT_UPSCALE_QUEUE_URLS is empty; set it to the URL of at least one queue")
    try:
        runtime = runtime_on(settings.device)
    except NotConfigured as error:
        sys.exit(f"{error} Reason: {error.__cause__}" if error.__cause__ else str(error))
    jobs = settings.jobs or JOBS_BY_DEVICE[runtime.device]
    logger.info("worker begins", device=runtime.device, jobs=jobs, queues=len(settings.queue_urls))
    open_clients()
    forking.prepare()  # before the first order, which would otherwise wait for it
    exit_at_once(run_worker(WorkerContext(settings, share_networks(runtime), InFlight(), Event()), jobs, events))


def open_clients() -> None:
    """Creates boto3's clients before threads start: creating them is not thread-safe, using them is."""
    for open_client in (clients.dynamodb, clients.s3, clients.sqs, clients.stepfunctions):
        open_client()


def exit_at_once(status: int) -> None:
    """Exits without Python's shutdown, which would wait for, or crash with, threads that still run a network."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
