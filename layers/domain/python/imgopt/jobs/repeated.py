"""Calls of clients that repeat a request after a timeout, without an idempotency key.

The upload and the settings serve as the key: the same settings of the same upload are one job, which is charged once.
"""

from hashlib import sha256

from imgopt.accounts.model import Principal
from imgopt.errors import Expired
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs import submission
from imgopt.jobs.acceptance import Accepted
from imgopt.jobs.model import JobStatus

# A call whose job failed or was deleted can be repeated this often a day; then the last job is answered.
MOST_REPETITIONS = 3
OVER = (JobStatus.FAILED, JobStatus.EXPIRED)


def submit_once(
    principal: Principal | None, temp_file_id: str, options: ProcessingSettings, entry_point: str
) -> Accepted:
    """Like `submit`, but returns the job of an earlier equal call, unless that has failed or was deleted."""
    for number in range(1, MOST_REPETITIONS):
        key = _key(temp_file_id, options, number)
        try:
            accepted = submission.submit(principal, [temp_file_id], options, entry_point, key)
        except Expired:
            continue
        if accepted.jobs[0].status not in OVER:
            return accepted
    last = _key(temp_file_id, options, MOST_REPETITIONS)
    return submission.submit(principal, [temp_file_id], options, entry_point, last)


def _key(temp_file_id: str, options: ProcessingSettings, number: int) -> str:
    """Returns a key. It contains spaces, so that it can't equal a client's own key."""
    settings = options.model_dump_json(exclude_defaults=True)
    return f"{temp_file_id} {sha256(settings.encode()).hexdigest()} {number}"
