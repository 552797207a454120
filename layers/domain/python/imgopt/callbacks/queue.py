"""The queue of callbacks: what stages need of them, without an HTTP client."""

from imgopt.settings import settings
from imgopt.storage import queues


def enqueue_callback(job_id: str) -> None:
    """That the job has ended is to be told. Doing so twice does no harm."""
    send_later(job_id, attempt=1, pause=0)


def send_later(job_id: str, *, attempt: int, pause: int) -> None:
    """An attempt in so many seconds, at most 900."""
    queues.send(settings().callbacks_queue_url, {"job_id": job_id, "attempt": attempt}, delay_seconds=pause)
