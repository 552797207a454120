"""Hand-written requests about the service's data."""

from typing import Any

from imgopt.jobs.model import JobStatus
from tests.contract.fixtures import JOBS, TOKEN, UPLOAD

Asked = dict[str, Any]


def about(job_id: str, **headers: str) -> Asked:
    return having({"path_parameters": {"job_id": job_id}}, **headers)


def having(request: Asked, **headers: str) -> Asked:
    """The same request with these headers only."""
    return {**request, "headers": {name.replace("_", "-"): value for name, value in headers.items()}}


def submitting(upload_id: str = UPLOAD, **options: object) -> Asked:
    return owning({"temp_file_ids": [upload_id], "settings": options})


def completing(upload_id: str) -> Asked:
    return owning({"upload_id": upload_id})


def owning(body: object) -> Asked:
    return having({"body": body, "media_type": "application/json"}, X_Session_Token=TOKEN)


def uploading(text: str) -> Asked:
    return {"body": {"file": text.encode()}, "media_type": "multipart/form-data"}


COMPLETED, QUEUED, EXPIRED = (JOBS[status] for status in (JobStatus.COMPLETED, JobStatus.QUEUED, JobStatus.EXPIRED))
UNKNOWN = UPLOAD
