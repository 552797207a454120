"""Calls of clients that send the same once more where no answer came, and know nothing of keys for that.

What was asked is the key: the same settings of the same upload are one job, which is paid for once.
"""

from hashlib import sha256

from imgopt.accounts.model import Principal
from imgopt.errors import Expired
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs import submission
from imgopt.jobs.acceptance import Accepted
from imgopt.jobs.model import JobStatus

# Where jobs failed or were deleted, so many are made of a call in a day; the last one's end counts.
MOST_REPETITIONS = 3
OVER = (JobStatus.FAILED, JobStatus.EXPIRED)


def submit_once(
    principal: Principal | None, temp_file_id: str, options: ProcessingSettings, entry_point: str
) -> Accepted:
    """As `submit`, with the job that came of the same call before, unless that has failed or is gone."""
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
    """No client's: those have no spaces."""
    asked = options.model_dump_json(exclude_defaults=True)
    return f"{temp_file_id} {sha256(asked.encode()).hexdigest()} {number}"
