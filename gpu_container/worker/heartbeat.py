"""Signs of life for all orders under way, to the state machine and to the queue."""

from threading import Event

from gpu_container.worker.in_flight import Desk, Work
from imgopt.storage import queues, tasks
from imgopt.telemetry import logger


def beat_until(ended: Event, desk: Desk, pause_seconds: float, visibility_seconds: int) -> None:
    while not ended.wait(pause_seconds):
        for work in desk.unsettled():
            beat(work, visibility_seconds)


def beat(work: Work, visibility_seconds: int) -> None:
    """Settles the work where nobody waits for it any more. Where AWS can't be reached, there is always a next beat."""
    try:
        is_awaited = tasks.beat(work.order.token)
        if is_awaited and not work.is_settled:  # by the worker's end, which has given the message back
            queues.extend(work.message, visibility_seconds)
        elif not is_awaited and work.abandon():
            logger.warning("order abandoned", job_id=work.order.plan["job_id"])
            queues.delete(work.message)
    except Exception:  # the other orders need their signs of life
        logger.exception("no sign of life", job_id=work.order.plan["job_id"])
