"""The queue of callbacks, separate from their delivery, so that stages need no HTTP client."""

from imgopt.settings import settings
from imgopt.storage import queues


def enqueue_callback(job_id: str) -> None:
    """Enqueues the callback of a job that has ended. Enqueueing it twice does no harm."""
    send_later(job_id, attempt=1, pause=0)


def send_later(job_id: str, *, attempt: int, pause: int) -> None:
    """Enqueues the next attempt after `pause` seconds, at most 900."""
    queues.send(settings().callbacks_queue_url, {"job_id": job_id, "attempt": attempt}, delay_seconds=pause)
