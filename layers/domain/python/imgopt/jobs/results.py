"""Files of jobs in the results bucket: `results/<job id>.<extension>`, and `results/<job id>.2.<extension>` … for
further results.

`intermediate/<job id>.png` is the upscaled picture, `intermediate/<job id>.json` the tags. Executions only pass ids,
because AWS keeps their state longer than this service keeps files.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import BinaryIO
from urllib.parse import urlsplit, urlunsplit

from imgopt.errors import NotFound
from imgopt.jobs.model import FIRST
from imgopt.settings import settings
from imgopt.storage import attributes, objects
from imgopt.storage.objects import NewObject, StoredObject
from imgopt.storage.parts import Size
from imgopt.tagging.model import ImageTags


def result_key(job_id: str, extension: str, number: int = FIRST) -> str:
    """Returns the key of a result. `number` counts from 1, in the order in which results were asked for."""
    return f"results/{job_id}.{extension}" if number == FIRST else f"results/{job_id}.{number}.{extension}"


def result_prefix(job_id: str) -> str:
    """Returns the prefix that all results of a job share, and no other job's results have."""
    return f"results/{job_id}."


def intermediate_key(job_id: str) -> str:
    return f"intermediate/{job_id}.png"


def store_result(key: str, made: NewObject) -> bool:
    """Stores a result, and returns whether none was stored before. An existing one is kept."""
    return objects.put_if_missing(settings().results_bucket, key, made)


def replace_result(key: str, made: NewObject, before: StoredObject) -> bool:
    """Replaces a result and returns whether it was still `before`. Otherwise the other one is kept."""
    return objects.replace(settings().results_bucket, key, made, before.etag)


def read_record(key: str) -> str:
    """Returns the record of a stored result. Raises NotFound where there is none."""
    record = describe_result(key).record
    if record is None:
        raise NotFound("The result is not there.")
    return record


def read_stored(key: str) -> bytes:
    return objects.read(settings().results_bucket, key)


def find_record(keys: Iterable[str]) -> str | None:
    """Returns the record of the first of these keys whose object has one; None without any."""
    for key in keys:
        with suppress(NotFound):
            record = objects.stat(settings().results_bucket, key).record
            if record is not None:
                return record
    return None


def store_tags(job_id: str, tags: ImageTags) -> None:
    """Stores tags unless some are stored. All executions of a job use the tags that were stored first."""
    data = attributes.adapter(ImageTags).dump_json(tags)
    objects.put_if_missing(settings().results_bucket, _tags_key(job_id), NewObject(data, "application/json"))


def read_tags(job_id: str) -> ImageTags:
    """Reads the stored tags of a job. Raises NotFound where there are none."""
    tags: ImageTags = attributes.adapter(ImageTags).validate_json(
        objects.read(settings().results_bucket, _tags_key(job_id))
    )
    return tags


def _tags_key(job_id: str) -> str:
    return f"intermediate/{job_id}.json"


def store_intermediate(key: str, file: BinaryIO, record: str) -> None:
    """Stores an intermediate PNG. `record` is ASCII of at most 2 KB, kept as the object's metadata."""
    objects.upload(settings().results_bucket, key, file, "image/png", record)


def read_intermediate(key: str) -> bytes:
    return objects.read(settings().results_bucket, key)


def delete_intermediate(key: str) -> None:
    objects.delete(settings().results_bucket, key)


def describe_result(key: str) -> StoredObject:
    return objects.stat(settings().results_bucket, key)


def stream_result(key: str, wanted: range, size: Size) -> Iterator[bytes]:
    return objects.stream(settings().results_bucket, key, wanted, size)


def results_origin() -> str:
    """Returns the origin of presigned URLs of results."""
    config = settings()
    return config.results_url.rstrip("/") or objects.bucket_origin(config.results_bucket)


def presign_result(key: str, *, disposition: str, seconds: int) -> str:
    """Returns a presigned URL, at the CDN's address where one is configured.

    Its signature covers the path, the query and S3's host name, so that the CDN can pass it on.
    """
    config = settings()
    url = objects.presign_download(config.results_bucket, key, disposition=disposition, seconds=seconds)
    if not config.results_url:
        return url
    public = urlsplit(config.results_url)
    return urlunsplit(urlsplit(url)._replace(scheme=public.scheme, netloc=public.netloc))
