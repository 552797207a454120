"""A failed job returns purchased credits."""

from datetime import UTC, datetime

import pytest

from imgopt.jobs import repository as jobs
from imgopt.jobs.model import Refund
from imgopt.storage import table
from tests import pictures


@pytest.fixture
def paid_job(call, payer) -> str:
    """A job of three credits, one of which was bought."""
    job_id = call(payer.pay(call())).json()["jobs"][0]["id"]
    assert call.bought() == (1, 1)
    return job_id


def test_a_job_that_fails_gives_back_what_was_bought(call, paid_job, facilitator):
    for _ in range(2):
        jobs.mark_failed(paid_job, datetime.now(UTC), "The file is damaged.")
    assert call.bought() == (1, 0)
    (job,) = jobs.find_all([paid_job])
    assert (job.refunded, job.credits_used) == (3, 0)
    paid_before = facilitator.received
    assert call(settings={"output_quality": 60}).json()["credits_remaining"] == 0
    assert facilitator.received == paid_before


def test_purchased_credits_come_back_first(call, paid_job):
    (job,) = jobs.find_all([paid_job])
    assert [job.refund_of(most) for most in (0, 1, 2, 9)] == [Refund(0, 0), Refund(0, 1), Refund(1, 1), Refund(2, 1)]


def test_purchased_credits_come_back_also_when_their_day_is_long_over(call, paid_job):
    (job,) = jobs.find_all([paid_job])
    table.delete({"pk": f"CREDITS#{job.owner}", "sk": job.credit_period})
    jobs.mark_failed(paid_job, datetime.now(UTC), "The file is damaged.")
    assert call.bought() == (1, 0)


def test_several_jobs_share_what_was_bought(call, upload, payer):
    call.temp_file_ids = [*call.temp_file_ids, upload_another(call)]
    answer = call(payer.pay(call()))
    found = {job.number: job for job in jobs.find_all([each["id"] for each in answer.json()["jobs"]])}
    assert [found[number].purchased_credits for number in (0, 1)] == [1, 3]
    assert call.bought() == (4, 4)


def upload_another(call) -> str:
    files = {"file": ("b.png", pictures.png(size=(9, 9)))}
    headers = {"X-Session-Token": call.token}
    return call.client.post("/upload", files=files, headers=headers).json()["temp_file_id"]
