"""Stores results in a client's own bucket, with the client's own key, which is not kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from imgopt.errors import InvalidRequest, Unfetchable
from imgopt.jobs import results
from imgopt.jobs.model import Job
from imgopt.safe_http.client import request
from imgopt.safe_http.deadline import Deadline
from imgopt.safe_http.destinations import resolve
from imgopt.storage.signatures import AwsKey, sign_put

S3_URL, GOOGLE_URL = "https://s3.{}.amazonaws.com/{}", "https://storage.googleapis.com/{}"
# The error code in the XML answers of S3 and Google. Nothing else of an answer is read.
ERROR_CODE = re.compile(rb"<Code>(\w{1,64})</Code>")
ANSWER_BYTES = 4096


@dataclass(frozen=True)
class Bucket:
    """The destination of a file: a URL, and headers that authorize the write. `service` is its name in messages."""

    service: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    region: str = ""
    key: AwsKey | None = None


def s3_bucket(path: str, region: str, key: AwsKey, headers: Mapping[str, str]) -> Bucket:
    """Returns a bucket of Amazon S3. `path` is the bucket's name, a slash, and the object's key."""
    return Bucket("Amazon S3", S3_URL.format(region, quote(path, safe="/")), headers, region, key)


def google_bucket(path: str, token: str, headers: Mapping[str, str]) -> Bucket:
    known = {**headers, "Authorization": f"Bearer {token}"}
    return Bucket("Google Cloud Storage", GOOGLE_URL.format(quote(path, safe="/")), known)


def put_in_bucket(job: Job, bucket: Bucket, seconds: float) -> str:
    """Stores the job's first result and returns its URL.

    Raises InvalidRequest where the bucket refuses it or doesn't answer in `seconds`, Expired or NotReady.
    """
    artifact = job.finished_result().artifact
    headers = {**bucket.headers, "Content-Type": artifact.mime_type}
    data, deadline = results.read_stored(artifact.key), Deadline(seconds)
    signed = sign_put(bucket.url, bucket.region, bucket.key, headers, data) if bucket.key else headers
    try:
        with request("PUT", resolve(bucket.url), deadline, signed, data) as answer:
            status = answer.status
            error_body = b"" if 200 <= status < 300 else answer.read(ANSWER_BYTES)
    except Unfetchable as error:
        raise InvalidRequest(f"{bucket.service} did not answer. Try again later.") from error
    if not 200 <= status < 300:
        code = ERROR_CODE.search(error_body)
        raise InvalidRequest(f"{bucket.service} refused the file: {status}{f' {code[1].decode()}' if code else ''}.")
    return bucket.url
