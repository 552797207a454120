"""Delivers callbacks to clients' servers, at least once, with growing pauses between attempts."""

import json

from imgopt import clock
from imgopt.callbacks import owner_secrets, queue, signing
from imgopt.errors import Unfetchable
from imgopt.jobs import repository as jobs
from imgopt.jobs.callback import Callback, CallbackStatus
from imgopt.jobs.completion import completion_event
from imgopt.jobs.model import UNFINISHED, Job
from imgopt.metrics import Metric
from imgopt.safe_http.post import post
from imgopt.telemetry import logger, measure

DELIVERY_SECONDS = 10.0
# Seconds between attempts. SQS delays a message by 900 s at most.
DELIVERY_PAUSES = (10, 60, 300, 900, 900)
GONE_STATUS = 410
METRIC_OF_END = {CallbackStatus.DELIVERED: Metric.CALLBACKS_DELIVERED, CallbackStatus.FAILED: Metric.CALLBACKS_FAILED}


def deliver(job_id: str, attempt: int) -> None:
    """Makes one attempt. Does nothing where the job is gone, its callback has been delivered, or the message is a
    duplicate.
    """
    job = next(iter(jobs.find_all([job_id])), None)
    if job is None or job.options.callback_url is None or job.status in UNFINISHED or _is_settled(job, attempt):
        return
    tried = _try(job, job.options.callback_url, attempt)
    pause = DELIVERY_PAUSES[attempt - 1] if attempt <= len(DELIVERY_PAUSES) else None
    if tried.status is CallbackStatus.PENDING and pause is not None:
        queue.send_later(job_id, attempt=attempt + 1, pause=pause)
    jobs.note_callback(job_id, tried)
    if tried.status in METRIC_OF_END:
        measure(METRIC_OF_END[tried.status])
    logger.info("callback", status=tried.status.value, attempt=attempt, answered=tried.answered)


def _try(job: Job, url: str, attempt: int) -> Callback:
    """Sends the callback. Its status is delivered, pending (another attempt follows) or failed. Permanent errors fail
    at once.
    """
    body, timestamp = json.dumps(completion_event(job)).encode(), int(clock.now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "Imgopt-Delivery": job.id,
        signing.SIGNATURE: signing.sign(owner_secrets.secrets_of(job.owner), timestamp, body),
    }
    again = CallbackStatus.PENDING if attempt <= len(DELIVERY_PAUSES) else CallbackStatus.FAILED
    try:
        answered = post(url, body, headers, DELIVERY_SECONDS)
    except Unfetchable as error:
        return Callback(again if error.passes else CallbackStatus.FAILED, attempt, error=str(error))
    if 200 <= answered < 300:
        return Callback(CallbackStatus.DELIVERED, attempt, answered)
    return Callback(CallbackStatus.FAILED if answered == GONE_STATUS else again, attempt, answered)


def _is_settled(job: Job, attempt: int) -> bool:
    """Returns whether the callback is delivered or failed, or this attempt has been made before."""
    known = job.callback
    return known is not None and (known.status is not CallbackStatus.PENDING or known.attempts >= attempt)
