"""The resources of requests: uploads, jobs, API keys, devices and their codes."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

from imgopt import clock
from imgopt.accounts import api_keys, session_store
from imgopt.accounts.model import PageSession
from imgopt.accounts.tokens import hash_token
from imgopt.devices import service as devices
from imgopt.devices import tokens
from imgopt.devices.model import DeviceToken
from imgopt.devices.repository import CODE, LIST, TOKEN
from imgopt.files import repository as files
from imgopt.files.model import AwaitedUpload
from imgopt.files.service import inspect, store
from imgopt.imaging.artifact import Artifact
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs import dispatch, results
from imgopt.jobs import repository as jobs
from imgopt.jobs.model import Job, JobStatus
from imgopt.storage import objects, table
from imgopt.storage.objects import NewObject
from tests.conftest import UPLOADS
from tests.roles.enforcement import NOBODY, called_by

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M1 1h7v7z"/></svg>'
IMAGE, SIZE, KIND = inspect(BytesIO(PICTURE), len(PICTURE)), len(PICTURE), "image/svg+xml"
HOUR = timedelta(hours=1)
REVOKE, LOG_OUT, END_SESSION = "revoke-key", "log-out", "end-session"


@dataclass(frozen=True)
class Resource:
    """Its id as clients name it; where the file is of an upload or a job; of a code, what its device alone knows.

    `action` is what the page of one's account calls its end, and `record` makes it as good as new once it is used up.
    """

    id: str
    path: str = ""
    secret: str = ""
    action: str = ""
    record: table.Item = field(default_factory=dict, hash=False)


def make_upload(owner: str | None, name: str) -> Resource:
    made = store(BytesIO(PICTURE), name, IMAGE, str(owner))
    return Resource(made.id, made.key)


def make_awaited(owner: str | None, name: str) -> Resource:
    """A file that its client has sent to S3, and has not told of yet."""
    now, made = clock.now(), str(uuid4())
    key = files.incoming_key(made)
    files.add_awaited(AwaitedUpload(made, str(owner), name, key, SIZE, KIND, now, now + HOUR))
    objects.put(UPLOADS, key, PICTURE, KIND)
    return Resource(made, key)


def make_job(owner: str | None, name: str) -> Resource:
    """A completed job, because only completed jobs have everything that can be requested."""
    now, upload = clock.now(), make_upload(owner, name)
    job = Job(
        id=str(uuid4()),
        owner=str(owner),
        temp_file_id=upload.id,
        status=JobStatus.QUEUED,
        filename=name,
        source_key=upload.path,
        source_size=SIZE,
        source=IMAGE,
        options=ProcessingSettings(),
        entry_point="auto",
        created_at=now,
        expires_at=now + HOUR,
    )
    objects.put(UPLOADS, job.source_key, PICTURE, KIND)
    complete(job)
    return Resource(job.id, job.source_key)


def complete(job: Job) -> None:
    """Completes the job as the stages would, by other functions than those that are tested."""
    now, key = clock.now(), results.result_key(job.id, "svg")
    made = Artifact("svg", 9, 9, "svgo", None, key=key, size=SIZE)
    with called_by(NOBODY):
        results.store_result(key, NewObject(PICTURE, KIND))
        table.put(
            jobs.job_item(replace(job, status=JobStatus.COMPLETED, started_at=now, completed_at=now, result=made))
        )
        dispatch.free_slot(job.owner, job.id)


def make_key(owner: str | None, _: str) -> Resource:
    record, _ = api_keys.create(str(owner), "server")
    return Resource(str(UUID(record.id)), action=REVOKE)


def make_device(owner: str | None, name: str) -> Resource:
    token, _ = tokens.make_token(str(owner), name)
    keep_device(token)
    return Resource(token.token_hash, action=LOG_OUT)


def keep_device(token: DeviceToken) -> None:
    table.put(table.to_item(token, TOKEN, token.token_hash, token.expires_at))
    table.put({"pk": f"{LIST}#{token.user_id}", "sk": token.token_hash})


def make_session(owner: str | None, _: str) -> Resource:
    """Makes a session of another browser of the owner."""
    now, token_hash = clock.now(), hash_token(str(uuid4()))
    session_store.add(PageSession(token_hash, str(owner), now, now + HOUR))
    return Resource(token_hash, action=END_SESSION)


def make_code(owner: str | None, name: str) -> Resource:
    """Approved by its owner, if it has one."""
    code, secret = devices.request_code(program=name)
    if owner:
        devices.approve(code.user_code, owner)
    return Resource(code.user_code, secret=secret, record=table.get(table.key(CODE, code.code_hash)) or {})


MAKE: dict[str, Callable[[str | None, str], Resource]] = {
    "upload": make_upload,
    "awaited file": make_awaited,
    "job": make_job,
    "API key": make_key,
    "code": make_code,
    "device": make_device,
    "page session": make_session,
    "callback secret": lambda _, __: Resource("", action="change-secret"),
    "account": lambda _, __: Resource("yes", action="delete-account"),
    "all sessions": lambda _, __: Resource("", action="end-all-sessions"),
}
NOWHERE = "00000000-0000-4000-8000-000000000000"
UNKNOWN_RESOURCES = {kind: Resource(NOWHERE, files.upload_key(NOWHERE), action=REVOKE) for kind in MAKE} | {
    "code": Resource("TINI-7X4K-M2P9", secret="unknown"),
    "device": Resource("0" * 64, action=LOG_OUT),
    "page session": Resource("0" * 64, action=END_SESSION),
}
