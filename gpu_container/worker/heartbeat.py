"""Heartbeats of all orders that are being processed, to the state machine and to the queue."""

from threading import Event

from gpu_container.worker.in_flight import Delivery, InFlight
from imgopt.storage import queues, task_tokens
from imgopt.telemetry import logger


def send_heartbeats(ended: Event, in_flight: InFlight, pause_seconds: float, visibility_seconds: int) -> None:
    while not ended.wait(pause_seconds):
        for delivery in in_flight.unsettled():
            send_heartbeat(delivery, visibility_seconds)


def send_heartbeat(delivery: Delivery, visibility_seconds: int) -> None:
    """Sends a heartbeat. An order whose execution has ended is abandoned. Errors of AWS are ignored until the next."""
    try:
        is_awaited = task_tokens.beat(delivery.order.token)
        if is_awaited and not delivery.is_settled:  # a worker that ends has settled it, and returned the message
            queues.extend(delivery.message, visibility_seconds)
        elif not is_awaited and delivery.abandon():
            logger.warning("order abandoned", job_id=delivery.order.plan["job_id"])
            queues.delete(delivery.message)
    except Exception:  # the other orders still need their heartbeats
        logger.exception("no heartbeat", job_id=delivery.order.plan["job_id"])
