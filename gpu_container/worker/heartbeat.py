"""Heartbeats of all orders under way, to the state machine and to the queue."""

from threading import Event

from gpu_container.worker.in_flight import Delivery, InFlight
from imgopt.storage import queues, task_tokens
from imgopt.telemetry import logger


def send_heartbeats(ended: Event, in_flight: InFlight, pause_seconds: float, visibility_seconds: int) -> None:
    while not ended.wait(pause_seconds):
        for delivery in in_flight.unsettled():
            send_heartbeat(delivery, visibility_seconds)


def send_heartbeat(delivery: Delivery, visibility_seconds: int) -> None:
    """Settles what nobody waits for any more. Where AWS can't be reached, there is always a next heartbeat."""
    try:
        is_awaited = task_tokens.beat(delivery.order.token)
        if is_awaited and not delivery.is_settled:  # by the worker's end, which has given the message back
            queues.extend(delivery.message, visibility_seconds)
        elif not is_awaited and delivery.abandon():
            logger.warning("order abandoned", job_id=delivery.order.plan["job_id"])
            queues.delete(delivery.message)
    except Exception:  # the other orders need theirs
        logger.exception("no heartbeat", job_id=delivery.order.plan["job_id"])
