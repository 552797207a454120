from datetime import UTC, datetime, timedelta

import pytest

from imgopt.codecs.format import ImageHeader
from imgopt.errors import Expired, NotReady
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs.model import Job, JobStatus

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def job(status: JobStatus) -> Job:
    return Job(
        id="1",
        owner="guest",
        temp_file_id="2",
        status=status,
        filename="a.jpg",
        source_key="uploads/2",
        source_size=10,
        source=ImageHeader("jpg", "image/jpeg", 4, 3),
        options=ProcessingSettings(),
        entry_point="auto",
        created_at=NOON,
        expires_at=NOON + timedelta(days=1),
    )


@pytest.mark.parametrize("status", list(JobStatus))
def test_every_job_has_expired_after_its_time(status):
    assert job(status).seen_at(NOON + timedelta(days=1)).status is JobStatus.EXPIRED


@pytest.mark.parametrize("status", list(JobStatus))
def test_status_of_a_job_is_kept_until_it_expires_however_long_it_waits(status):
    """The job may be repeated, or may wait long for its turn."""
    assert job(status).seen_at(NOON + timedelta(hours=23)).status is status


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.PROCESSING, JobStatus.FAILED])
def test_result_is_not_ready_before_a_job_is_completed(status):
    with pytest.raises(NotReady, match=status.value):
        job(status).finished_result()


def test_result_of_an_expired_job_is_gone():
    with pytest.raises(Expired):
        job(JobStatus.EXPIRED).finished_result()
