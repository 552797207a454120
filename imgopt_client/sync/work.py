"""The work on one object: makes results that are missing, or were made from other bytes or with other settings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

from imgopt_client import jobs
from imgopt_client.client import opened_source
from imgopt_client.connection import Connection
from imgopt_client.errors import FileRefused
from imgopt_client.naming import DEFAULT_STEM
from imgopt_client.responses import JsonObject
from imgopt_client.result import OptimizedImage
from imgopt_client.sync import marks
from imgopt_client.sync.addresses import BucketAddress, KeyTemplate
from imgopt_client.sync.objects import ChangedMeanwhile, Content, ListedObject, Objects
from imgopt_client.uploads import Uploader

MEDIA_TYPES = {"jpg": "image/jpeg", "svg": "image/svg+xml", "ico": "image/x-icon"}


class SyncStatus(StrEnum):
    MADE = "made"
    THERE = "there"
    WANTED = "wanted"  # only in a dry run
    FAILED = "failed"


@dataclass(frozen=True)
class SyncOutcome:
    """The outcome of one object and preset. `before` and `after` are sizes in bytes."""

    key: str
    preset: str
    status: SyncStatus
    before: int
    after: int = 0
    result: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class SyncContext:
    """The context of a run. `presets` are their options by name; `there` are the existing results by start of key."""

    connection: Connection
    uploader: Uploader
    objects: Objects
    source: BucketAddress
    target: BucketAddress
    template: KeyTemplate
    presets: Mapping[str, str]
    there: Mapping[str, Sequence[ListedObject]]
    warn: Callable[[str], None]
    dry_run: bool = False


class ConcurrentResult(Exception):
    """Another run, or the server's function for buckets, has just written the same result."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def sync_object(context: SyncContext, listed: ListedObject) -> list[SyncOutcome]:
    """One outcome for each preset. Errors of this object are in the outcomes; errors that end the run are raised."""
    below = listed.key.removeprefix(context.source.prefix)
    wanted, outcomes = {}, list[SyncOutcome]()
    for preset, options in context.presets.items():
        earlier = find_earlier(context, listed, below, preset)
        if isinstance(earlier, SyncOutcome):
            outcomes.append(earlier)
        elif earlier.is_current(listed, marks.mark_of(preset, options)):
            outcomes.append(SyncOutcome(listed.key, preset, SyncStatus.THERE, listed.size, result=earlier.key))
        else:
            wanted[preset] = earlier
    if context.dry_run:
        return [*outcomes, *(SyncOutcome(listed.key, each, SyncStatus.WANTED, listed.size) for each in wanted)]
    return [*outcomes, *make_all(context, listed, below, wanted)] if wanted else outcomes


@dataclass(frozen=True)
class Earlier:
    """An existing result. `etag` is None if there is none."""

    key: str | None = None
    etag: str | None = None
    noted: Mapping[str, str] = field(default_factory=dict)

    def is_current(self, listed: ListedObject, mark: str) -> bool:
        return marks.is_made(self.noted, listed.etag, mark)


def find_earlier(context: SyncContext, listed: ListedObject, below: str, preset: str) -> Earlier | SyncOutcome:
    """The existing result, or a failure if the existing object is not a result of the same object."""
    start = context.target.prefix + context.template.start(below, preset)
    for found in context.there.get(start, ()):
        etag, noted = context.objects.metadata(context.target.bucket, found.key)
        if noted.get(marks.OBJECT) == marks.object_of(context.source.bucket, listed.key):
            return Earlier(found.key, etag, noted)
        whose = "is a result of another object" if marks.OBJECT in noted else "was not made by imgopt"
        return failed(listed, preset, f"{found.key} {whose}; remove it, or use another --key template")
    return Earlier()


def make_all(
    context: SyncContext, listed: ListedObject, below: str, wanted: Mapping[str, Earlier]
) -> list[SyncOutcome]:
    """Makes all missing results of an object, which is downloaded and uploaded once."""
    try:
        data = context.objects.read(context.source.bucket, listed)
        with opened_source(data, PurePosixPath(below).name or DEFAULT_STEM) as source:
            upload = context.uploader.upload(source)
    except FileRefused as error:
        return [failed(listed, preset, str(error)) for preset in wanted]
    return [make(context, listed, below, preset, each, upload.temp_file_id) for preset, each in wanted.items()]


def make(  # noqa: PLR0913, PLR0917 - a result has this many properties
    context: SyncContext, listed: ListedObject, below: str, preset: str, earlier: Earlier, temp_file_id: str
) -> SyncOutcome:
    try:
        submitted = jobs.submit_job(context.connection, temp_file_id, {"preset": preset}, context.warn)
        job = {**jobs.wait_for_job(context.connection, submitted.id, submitted.poll_after), "id": submitted.id}
        data = OptimizedImage(context.connection, job, ()).read()
        key = store(context, listed, below, preset, earlier, job, data)
    except ConcurrentResult as there:
        return SyncOutcome(listed.key, preset, SyncStatus.THERE, listed.size, result=there.key)
    except FileRefused as error:
        return failed(listed, preset, str(error))
    return SyncOutcome(listed.key, preset, SyncStatus.MADE, listed.size, len(data), key)


def store(  # noqa: PLR0913, PLR0917 - a result has this many properties
    context: SyncContext,
    listed: ListedObject,
    below: str,
    preset: str,
    earlier: Earlier,
    job: JsonObject,
    data: bytes,
) -> str:
    """Stores a result and returns its key. Deletes the earlier result in another format. Raises ConcurrentResult."""
    extension = PurePosixPath(str(job["processed_filename"])).suffix.removeprefix(".")
    key = context.target.prefix + context.template.fill(below, preset, extension)
    noted = marks.metadata_of(
        job,
        made_of=marks.object_of(context.source.bucket, listed.key),
        etag=listed.etag,
        mark=marks.mark_of(preset, context.presets[preset]),
    )
    replaced = earlier.etag if earlier.key == key else None
    content = Content(data, MEDIA_TYPES.get(extension, f"image/{extension}"), noted)
    try:
        context.objects.write(context.target.bucket, key, content, replaced)
    except ChangedMeanwhile as error:
        there = context.objects.metadata(context.target.bucket, key)[1]
        if any(there.get(each) != noted[each] for each in (marks.OBJECT, marks.SOURCE, marks.PRESET)):
            raise
        raise ConcurrentResult(key) from error
    if earlier.key and earlier.key != key:
        context.objects.delete(context.target.bucket, earlier.key)
    return key


def failed(listed: ListedObject, preset: str, reason: str) -> SyncOutcome:
    return SyncOutcome(listed.key, preset, SyncStatus.FAILED, listed.size, error=reason)
