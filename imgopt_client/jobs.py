"""Requests jobs, and waits for their end."""

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

# The idempotency key. The client makes one job of each upload, so the upload's id identifies the request.
REQUEST_KEY = "Idempotency-Key"
LONGEST_HINT = 60.0
FIRST_INTERVAL, MAX_STATUS_INTERVAL, INTERVAL_GROWTH = 0.1, 2.0, 1.3
MAX_JOB_WAIT = 1800


class JobFailed(FileRefused):
    """The job has failed. The same request would fail again."""


class JobGone(FileRefused):
    """The job no longer exists. It has to be requested again."""


@dataclass(frozen=True)
class SubmittedJob:
    """A job that was accepted. After `poll_after` seconds the server expects its end; 0 if it does not tell."""

    id: str
    poll_after: float


def submit_job(
    connection: Connection, temp_file_id: str, settings: Mapping[str, Any], warn: Callable[[str], None]
) -> SubmittedJob:
    """Requests a job. The same request for the same upload, also in a later run, is the same job and charged once.

    `warn` is called with each setting that has no effect.
    """
    body = {"temp_file_ids": [temp_file_id], "settings": dict(settings)}
    answer = connection.request("POST", "/auto", json=body, headers={REQUEST_KEY: request_key(temp_file_id, settings)})
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
    """Waits for the end of a job, and returns it if it is completed. Raises FileRefused with the reason otherwise.

    The first poll is after `poll_after` seconds. The intervals grow up to `longest_pause` seconds.
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
            raise JobFailed(str(job.get("error_message") or "The job failed. The server states no reason."))
        if waited > MAX_JOB_WAIT:
            break
        connection.cancel_token.wait(interval)
        waited += interval
    raise FileRefused(f"Not finished within {MAX_JOB_WAIT // 60} minutes. Run the command again to continue waiting.")


def get_job(connection: Connection, job_id: str) -> JsonObject:
    try:
        job = connection.request("GET", f"/status/{quote(job_id, safe='')}").get("job")
    except FileRefused as refusal:
        if refusal.status in (404, 410):
            raise JobGone("The job no longer exists on the server.") from refusal
        raise
    if not isinstance(job, dict):
        raise FileRefused(UNEXPECTED_RESPONSE)
    return job


def poll_intervals(interval: float, longest: float) -> Iterator[float]:
    """Seconds between polls: `interval`, then longer ones up to `longest`."""
    while True:
        yield interval + jitter(interval / 4)
        interval = min(interval * INTERVAL_GROWTH, longest)
