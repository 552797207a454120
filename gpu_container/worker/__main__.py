"""`python -m gpu_container.worker` upscales what its queues ask for, until SIGTERM or SIGINT."""

import logging
import os
import signal
import sys
from queue import SimpleQueue
from threading import Event

from gpu_container.worker.batching import share
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
        sys.exit("IMGOPT_UPSCALE_QUEUE_URLS names no queue")
    try:
        runtime = runtime_on(settings.device)
    except NotConfigured as error:
        sys.exit(f"{error} Reason: {error.__cause__}" if error.__cause__ else str(error))
    jobs = settings.jobs or JOBS_BY_DEVICE[runtime.device]
    logger.info("worker begins", device=runtime.device, jobs=jobs, queues=len(settings.queue_urls))
    open_clients()
    forking.prepare()  # so that the first order does not wait for it
    exit_at_once(run_worker(WorkerContext(settings, share(runtime), InFlight(), Event()), jobs, events))


def open_clients() -> None:
    """boto3 can't build clients in several threads at once, but all may use the same ones."""
    for open_client in (clients.dynamodb, clients.s3, clients.sqs, clients.stepfunctions):
        open_client()


def exit_at_once(status: int) -> None:
    """At once: Python would wait for libraries whose threads are still in a network, or crash with them."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
