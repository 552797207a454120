"""Files of jobs: `results/<job id>.<extension>` in the results bucket, and `results/<job id>.2.<extension>` and so on
where several are made of an upload.

Between two machines that work on a job its picture is `intermediate/<job id>.png` there, and its tags are
`intermediate/<job id>.json`: the state has ids alone, since AWS keeps it longer than we do.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import BinaryIO
from urllib.parse import urlsplit, urlunsplit

from imgopt.errors import NotFound
from imgopt.jobs.model import FIRST
from imgopt.settings import settings
from imgopt.storage import objects, table
from imgopt.storage.objects import NewObject, StoredObject
from imgopt.storage.parts import Size
from imgopt.tagging.model import ImageTags


def result_key(job_id: str, extension: str, number: int = FIRST) -> str:
    """Of the result of that number, in the order in which they were asked for."""
    return f"results/{job_id}.{extension}" if number == FIRST else f"results/{job_id}.{number}.{extension}"


def result_prefix(job_id: str) -> str:
    """How the keys of all results of a job begin, and those of no other."""
    return f"results/{job_id}."


def intermediate_key(job_id: str) -> str:
    return f"intermediate/{job_id}.png"


def store_result(key: str, made: NewObject) -> bool:
    """Whether none was stored there before; otherwise that stays."""
    return objects.put_if_missing(settings().results_bucket, key, made)


def replace_result(key: str, made: NewObject, before: StoredObject) -> bool:
    """Whether it was still the one from `before`; otherwise what has replaced that stays."""
    return objects.replace(settings().results_bucket, key, made, before.etag)


def read_record(key: str) -> str:
    """Raises NotFound where no result is stored there that has one."""
    record = describe_result(key).record
    if record is None:
        raise NotFound("The result is not there.")
    return record


def read_stored(key: str) -> bytes:
    return objects.read(settings().results_bucket, key)


def find_record(keys: Iterable[str]) -> str | None:
    """The record of the first of these results and intermediates that is stored with one."""
    for key in keys:
        with suppress(NotFound):
            record = objects.stat(settings().results_bucket, key).record
            if record is not None:
                return record
    return None


def store_tags(job_id: str, tags: ImageTags) -> None:
    """Unless some were stored before: of all that are made, the same ones count everywhere."""
    data = table.adapter(ImageTags).dump_json(tags)
    objects.put_if_missing(settings().results_bucket, _tags_key(job_id), NewObject(data, "application/json"))


def read_tags(job_id: str) -> ImageTags:
    """Raises NotFound where none were stored."""
    tags: ImageTags = table.adapter(ImageTags).validate_json(objects.read(settings().results_bucket, _tags_key(job_id)))
    return tags


def _tags_key(job_id: str) -> str:
    return f"intermediate/{job_id}.json"


def store_intermediate(key: str, file: BinaryIO, record: str) -> None:
    """`record` is ASCII, of at most 2 KB, and as lasting as the file."""
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
    """Where signed addresses of results lead."""
    known = settings()
    return known.results_url.rstrip("/") or objects.bucket_origin(known.results_bucket)


def presign_result(key: str, *, disposition: str, seconds: int) -> str:
    """At the CDN's address where there is one: the signature is of the path and the query alone, and of S3's host."""
    known = settings()
    url = objects.presign_download(known.results_bucket, key, disposition=disposition, seconds=seconds)
    if not known.results_url:
        return url
    public = urlsplit(known.results_url)
    return urlunsplit(urlsplit(url)._replace(scheme=public.scheme, netloc=public.netloc))
