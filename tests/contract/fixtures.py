"""The service's data while requests are generated: one object of each kind, with an id that requests can use."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from uuid import UUID

from imgopt import clock
from imgopt.accounts import api_key_store, api_keys, users
from imgopt.accounts.model import ApiKey, Guest
from imgopt.accounts.tokens import hash_token
from imgopt.devices import repository as device_codes
from imgopt.devices.model import DeviceCode
from imgopt.files import repository as files
from imgopt.files.model import AwaitedUpload, TempFile
from imgopt.files.service import inspect
from imgopt.imaging.artifact import Artifact
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs import repository as jobs
from imgopt.jobs import results
from imgopt.jobs.model import Job, JobStatus
from imgopt.storage import objects, table
from imgopt.storage.objects import NewObject
from tests.conftest import UPLOADS
from tests.issuer import Issuer
from tests.stored_guests import add_guest

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M1 1h7v7z"/></svg>'
CONTENT, SIZE = PICTURE.encode(), len(PICTURE)
OWNER, TOKEN = "guest-of-the-tests", "token-of-the-tests"
UPLOAD, OLD_UPLOAD, ARRIVED, AWAITED, OLD_AWAITED, KEY, *MORE = (f"00000000-0000-4000-8000-{n:012}" for n in range(11))
DEVICE_CODE = f"{'device-code-of-the-tests':-<43}"
JOBS = dict(zip(JobStatus, MORE, strict=True))
SOON, LATER = timedelta(seconds=-1), timedelta(hours=1)


def store_fixtures() -> None:
    now = clock.now()
    add_guest(Guest(OWNER, hash_token(TOKEN), now, now + LATER))
    upload = uploaded(UPLOAD)
    for each in (upload, replace(upload, id=OLD_UPLOAD, key=files.upload_key(OLD_UPLOAD), expires_at=now + SOON)):
        files.add(each, BytesIO(CONTENT))
    for each in awaited():
        files.add_awaited(each)
    objects.put(UPLOADS, files.incoming_key(ARRIVED), CONTENT, "image/svg+xml")
    for status in JobStatus:
        table.put(jobs.job_item(job(upload, status)))
    results.store_result(RESULT.key, NewObject(CONTENT, RESULT.mime_type))


def make_user(issuer: Issuer) -> dict[str, str]:
    """Someone who has an API key, and is asked to let a device in: the credentials, by what they are."""
    token, key, now = issuer.token(), f"{api_keys.KEY_PREFIX}of-the-tests", clock.now()
    user = users.find_by_jwt(token)
    device_codes.add_code(DeviceCode(hash_token(DEVICE_CODE), "TINI-2345-6789", now, now + LATER))
    api_key_store.add(ApiKey(UUID(KEY).hex, user.id, "a server", key[: api_keys.SHOWN_LENGTH], hash_token(key), now), 1)
    return {"jwt": f"Bearer {token}", "key": f"Bearer {key}"}


def uploaded(upload_id: str) -> TempFile:
    now, key = clock.now(), files.upload_key(upload_id)
    return TempFile(upload_id, OWNER, "a ü.svg", key, SIZE, inspect(BytesIO(CONTENT), SIZE), now, now + LATER)


def awaited() -> Iterable[AwaitedUpload]:
    now = clock.now()
    for upload_id, lifetime in ((ARRIVED, LATER), (AWAITED, LATER), (OLD_AWAITED, SOON)):
        key = files.incoming_key(upload_id)
        yield AwaitedUpload(upload_id, OWNER, None, key, SIZE, "image/svg+xml", now, now + lifetime)


def job(upload: TempFile, status: JobStatus) -> Job:
    now, has_result = clock.now(), status in (JobStatus.COMPLETED, JobStatus.EXPIRED)
    return Job(
        id=JOBS[status],
        owner=OWNER,
        temp_file_id=upload.id,
        status=status,
        filename=upload.filename,
        source_key=upload.key,
        source_size=upload.size,
        source=upload.image,
        options=ProcessingSettings(output_width=9),
        entry_point="auto",
        created_at=now,
        expires_at=now + LATER,
        started_at=None if status is JobStatus.QUEUED else now,
        completed_at=now if has_result else None,
        result=RESULT if has_result else None,
        error_message="The image is damaged." if status is JobStatus.FAILED else None,
    )


RESULT = Artifact("svg", 9, 9, "svgo", None, key="results/known.svg", size=SIZE)
