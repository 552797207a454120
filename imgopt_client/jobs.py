"""Asking for jobs, and waiting for them."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from imgopt_client.connection import Connection
from imgopt_client.errors import FileRefused
from imgopt_client.responses import UNEXPECTED_RESPONSE, JsonObject, string_field
from imgopt_client.retries import jitter

# By it the server knows a request that it has had before. An upload is for one job here.
REQUEST_KEY = "Idempotency-Key"
LONGEST_HINT = 60.0
FIRST_INTERVAL, MAX_STATUS_INTERVAL, INTERVAL_GROWTH = 0.1, 2.0, 1.3
MAX_JOB_WAIT = 1800


class JobFailed(FileRefused):
    """The job has ended, and asking for it again would end the same."""


class JobGone(FileRefused):
    """The job is not there any more: it can only be asked for again."""


@dataclass(frozen=True)
class SubmittedJob:
    """`poll_after`: in so many seconds the server expects it to be done; 0 where it does not say."""

    id: str
    poll_after: float


def submit_job(
    connection: Connection, temp_file_id: str, settings: Mapping[str, Any], warn: Callable[[str], None]
) -> SubmittedJob:
    """The same that is asked again of the same upload, also by a later run, is the same job, and paid for once.

    `warn` is told what of the settings has no effect.
    """
    asked = {"temp_file_ids": [temp_file_id], "settings": dict(settings)}
    answer = connection.request("POST", "/auto", json=asked, headers={REQUEST_KEY: request_key(temp_file_id, settings)})
    jobs, warnings = answer.get("jobs"), answer.get("warnings")
    for warning in warnings if isinstance(warnings, list) else ():
        warn(str(warning))
    after = answer.get("poll_after_seconds")
    job_id = string_field(jobs[0] if isinstance(jobs, list) and jobs else None, "id")
    return SubmittedJob(job_id, min(float(after), LONGEST_HINT) if isinstance(after, int | float) else 0.0)


def request_key(temp_file_id: str, settings: Mapping[str, Any]) -> str:
    return f"{temp_file_id}.{sha256(json.dumps(dict(settings), sort_keys=True).encode()).hexdigest()[:16]}"


def wait_for_job(
    connection: Connection, job_id: str, poll_after: float = 0.0, longest_pause: float = MAX_STATUS_INTERVAL
) -> JsonObject:
    """The job once it is completed. Raises FileRefused with the reason where it ends otherwise.

    It is asked for after `poll_after` seconds, and then as often as is worth while for a job that takes so long:
    `longest_pause` is the most seconds in between.
    """
    waited = poll_after
    if poll_after:
        connection.cancel_token.wait(poll_after)
    for interval in poll_intervals(max(FIRST_INTERVAL, poll_after / 2), longest_pause):
        job = get_job(connection, job_id)
        if job.get("status") == "completed":
            return job
        if job.get("status") == "expired":
            raise JobGone("The result has expired.")
        if job.get("status") == "failed":
            raise JobFailed(str(job.get("error_message") or "The job failed, without a reason."))
        if waited > MAX_JOB_WAIT:
            break
        connection.cancel_token.wait(interval)
        waited += interval
    raise FileRefused(f"Not finished within {MAX_JOB_WAIT // 60} minutes. The next run goes on waiting.")


def get_job(connection: Connection, job_id: str) -> JsonObject:
    try:
        job = connection.request("GET", f"/status/{quote(job_id, safe='')}").get("job")
    except FileRefused as refusal:
        if refusal.status in (404, 410):
            raise JobGone("The server does not know the job any more.") from refusal
        raise
    if not isinstance(job, dict):
        raise FileRefused(UNEXPECTED_RESPONSE)
    return job


def poll_intervals(interval: float, longest: float) -> Iterator[float]:
    """The first one, and longer ones then."""
    while True:
        yield interval + jitter(interval / 4)
        interval = min(interval * INTERVAL_GROWTH, longest)
