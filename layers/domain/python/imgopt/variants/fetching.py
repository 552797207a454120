"""Fetches sources of image URLs: from websites, from the operator's buckets, or from jobs."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

from imgopt.errors import (
    Expired,
    FetchTimeout,
    NotFound,
    NotReady,
    SourceFailed,
    SourceRefused,
    SourceTimeout,
    Unfetchable,
    UnreachableSource,
    UnusableSource,
)
from imgopt.files.sizes import megabytes
from imgopt.image_urls.configuration import rules
from imgopt.image_urls.sources import check_source
from imgopt.jobs import results
from imgopt.jobs import service as jobs
from imgopt.jobs.model import FIRST, JobResult
from imgopt.safe_http.deadline import Deadline
from imgopt.safe_http.fetch import ACCEPT_IMAGES, save_body
from imgopt.safe_http.redirects import FinalResponse, follow_redirects
from imgopt.settings import settings
from imgopt.storage import source_objects
from imgopt.variants.slow_hosts import SLOW_SOURCE, slow_hosts

NOT_ALLOWED = "Invalid source URL: image URLs may not use this bucket."
UNREACHABLE = "Source is unreachable."
EXPIRED_STATUS = 410
RESULT_NUMBER = re.compile("[1-9][0-9]?")


@dataclass(frozen=True)
class SourceVersion:
    """What the source's server says of the version that was last fetched; "" where it says nothing."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class FetchedSource:
    data: bytes = field(repr=False)
    version: SourceVersion


UNKNOWN_VERSION = SourceVersion()


def fetch_source(url: str, known: SourceVersion, most: int) -> FetchedSource | None:
    """Fetches a source of at most `most` bytes. Returns None where it is still the known version.

    Raises UnreachableSource, SourceRefused, SourceFailed, SourceTimeout or UnusableSource.
    """
    scheme = urlsplit(url).scheme
    if scheme not in READERS:
        raise UnreachableSource("Invalid source URL: it must begin with https://, http://, s3:// or job://.")

    def check_size(size: int) -> None:
        if size > most:
            raise UnusableSource(f"The source is too large. It may have at most {megabytes(most)}.")

    return READERS[scheme](url, known, check_size)


def fetch_anew(url: str, most: int) -> FetchedSource:
    """Fetches a source of which no version is known."""
    fetched = fetch_source(url, UNKNOWN_VERSION, most)
    if fetched is None:
        raise SourceFailed('The source\'s server answered "not modified", although no version was known.')
    return fetched


def from_web(url: str, known: SourceVersion, check_size: Callable[[int], None]) -> FetchedSource | None:
    """Fetches from a website. Redirects may only lead to allowed sources. Spaces in URLs are escaped, because many are
    written so.
    """
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    headers = {**ACCEPT_IMAGES, **{name: value for name, value in conditions.items() if value}}
    spelled = url.replace(" ", "%20")
    with (
        slow_hosts.asking(url),
        readable_errors(),
        follow_redirects(spelled, Deadline(settings().url_fetch_seconds), headers, check_redirect) as answered,
    ):
        if answered.response.status == 304:
            return None
        check_status(answered.response.status)
        return FetchedSource(read_to_end(answered, check_size), version_of(answered))


def check_redirect(url: str) -> None:
    check_source(url, rules())


@contextmanager
def readable_errors() -> Iterator[None]:
    try:
        yield
    except FetchTimeout as error:
        raise SourceTimeout(SLOW_SOURCE) from error
    except Unfetchable as error:
        raise UnreachableSource(f"{UNREACHABLE} {error}") from error


def check_status(status: int) -> None:
    if 400 <= status < 500:
        raise SourceRefused(f"{UNREACHABLE} Its server answered {status}.", status)
    if status != 200:
        raise SourceFailed(f"{UNREACHABLE} Its server answered {status}.")


def read_to_end(answered: FinalResponse, check_size: Callable[[int], None]) -> bytes:
    file = BytesIO()
    try:
        save_body(answered.response, file, check_size)
    except FetchTimeout:
        raise
    except Unfetchable as error:
        raise UnusableSource(f"The source was not received completely. {error}") from error
    return file.getvalue()


def version_of(answered: FinalResponse) -> SourceVersion:
    return SourceVersion(answered.response.header("ETag"), answered.response.header("Last-Modified"))


def from_bucket(url: str, known: SourceVersion, check_size: Callable[[int], None]) -> FetchedSource | None:
    """Reads `s3://bucket/key`, with `?versionId=` for a version that is not the latest."""
    parts = urlsplit(url)
    bucket, key, query = parts.netloc, unquote(parts.path.removeprefix("/")), parse_qs(parts.query)
    if bucket not in settings().url_buckets or not key:
        raise UnreachableSource(NOT_ALLOWED)
    version = next(iter(query.get("versionId", query.get("version", []))), "")
    try:
        found = source_objects.read_if_changed(bucket, key, version, known.etag, check_size)
    except NotFound as error:
        raise SourceRefused(f"{UNREACHABLE} The bucket has no such object.") from error
    return FetchedSource(found.data, SourceVersion(found.etag, found.last_modified)) if found else None


def from_job(url: str, known: SourceVersion, check_size: Callable[[int], None]) -> FetchedSource | None:
    """Reads `job://<id>` or `job://<id>/2`: a result, which never changes, until its job expires or is deleted."""
    parts = urlsplit(url)
    number = parts.path.removeprefix("/") or str(FIRST)
    if not is_uuid(parts.netloc) or not RESULT_NUMBER.fullmatch(number):
        raise UnreachableSource("Invalid source URL: job:// must be followed by the id of a job.")
    try:
        artifact = find_public_result(parts.netloc, int(number)).artifact
        etag = f"{parts.netloc}.{number}"
        if known.etag == etag:
            return None
        return FetchedSource(results.read_stored(artifact.key), SourceVersion(etag))
    except (NotFound, NotReady) as error:
        raise SourceRefused(f"{UNREACHABLE} There is no such result.") from error
    except Expired as error:
        raise SourceRefused(f"{UNREACHABLE} The job has expired.", EXPIRED_STATUS) from error


def find_public_result(job_id: str, number: int) -> JobResult:
    """Returns a result. Results of private jobs count as missing."""
    job = jobs.find(job_id)
    if jobs.is_private(job) and job.owner != settings().url_account:
        raise NotFound("Job not found.")
    return job.finished_result(number)


def is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


SourceReader = Callable[[str, SourceVersion, Callable[[int], None]], FetchedSource | None]
READERS: dict[str, SourceReader] = {"https": from_web, "http": from_web, "s3": from_bucket, "job": from_job}
