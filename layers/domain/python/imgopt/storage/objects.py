"""Files in S3, by bucket and key. Keys are made of ids, never of users' file names."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import SEEK_END
from itertools import chain
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from imgopt.errors import Unavailable
from imgopt.storage.clients import aws_errors, error_code, s3
from imgopt.storage.parts import PIECE_BYTES, ObjectReader, Size, object_errors
from imgopt.units import MEBIBYTE

RECORD = "record"
WHOLE_BYTES = 8 * MEBIBYTE
# Another object is stored, or none any more.
CONDITION_CODES = frozenset({"PreconditionFailed", "NoSuchKey"})
# An id that no object has, for a test listing by prefix. The emulator accepts this id.
UNUSED_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class StoredObject:
    """An object in S3: its size in bytes, its MIME type, the record in its metadata, and its ETag."""

    size: int
    content_type: str
    record: str | None = None
    etag: str = ""


def upload(bucket: str, key: str, file: BinaryIO, content_type: str, record: str | None = None) -> None:
    """Streams a file into S3. Large files are sent in parts, one after the other, because each part is held in memory.

    Small files are sent in one request: a multipart transfer takes 1.5 times as long.
    """
    size = file.seek(0, SEEK_END)
    file.seek(0)
    if size <= WHOLE_BYTES:
        put(bucket, key, file, content_type, record)
        return
    noted = {"Metadata": {RECORD: record}} if record is not None else {}
    with aws_errors():
        s3().upload_fileobj(
            file,
            bucket,
            key,
            ExtraArgs={"ContentType": content_type, **noted},
            Config=TransferConfig(use_threads=False),
        )


@dataclass(frozen=True)
class NewObject:
    """The bytes to store, their MIME type, and a record for the metadata, in ASCII and at most 2 KB."""

    data: bytes | BinaryIO
    content_type: str
    record: str | None = None

    def put(self, bucket: str, key: str, **condition: Any) -> None:
        noted = {RECORD: self.record} if self.record is not None else {}
        content: dict[str, Any] = {"Body": self.data, "ContentType": self.content_type, "Metadata": noted}
        with aws_errors():
            s3().put_object(Bucket=bucket, Key=key, **content, **condition)


def put(bucket: str, key: str, data: bytes | BinaryIO, content_type: str, record: str | None = None) -> None:
    NewObject(data, content_type, record).put(bucket, key)


def put_if_missing(bucket: str, key: str, content: NewObject) -> bool:
    """Stores an object and returns whether none existed under the key. An existing one is kept."""
    return _put_if(bucket, key, content, IfNoneMatch="*")


def replace(bucket: str, key: str, content: NewObject, etag: str) -> bool:
    """Replaces an object and returns whether it still had this ETag. Otherwise nothing is changed."""
    return _put_if(bucket, key, content, IfMatch=etag)


def _put_if(bucket: str, key: str, content: NewObject, **condition: str) -> bool:
    try:
        content.put(bucket, key, **condition)
    except ClientError as error:
        if error_code(error) not in CONDITION_CODES:
            raise
        return False
    return True


def read(bucket: str, key: str) -> bytes:
    return b"".join(ObjectReader(bucket, key).pieces())


def read_small(bucket: str, key: str, most: int) -> tuple[StoredObject, bytes | None]:
    """Returns an object's description and its bytes, or None for the bytes where there are more than `most`. One
    request.
    """
    with object_errors():
        found = s3().get_object(Bucket=bucket, Key=key)
        with closing(found["Body"]) as body:
            size = found["ContentLength"]
            data = b"".join(iter(lambda: body.read(PIECE_BYTES), b"")) if size <= most else None
    return StoredObject(size, found["ContentType"], found["Metadata"].get(RECORD), found["ETag"]), data


def stream(bucket: str, key: str, wanted: range, size: Size) -> Iterator[bytes]:
    """Yields the bytes of a range in parts of `size` bytes. Raises NotFound before the first part.

    No connection is open between two parts, and a broken one is resumed: see `imgopt.storage.parts`.
    """
    parts = ObjectReader(bucket, key).parts(wanted, size)
    first = next(parts, b"")
    return chain((first,), parts)


def download(bucket: str, key: str, file: BinaryIO) -> None:
    """Downloads an object into a file."""
    with closing(ObjectReader(bucket, key).pieces()) as pieces:
        for piece in pieces:
            file.write(piece)


def stat(bucket: str, key: str) -> StoredObject:
    with object_errors():
        head = s3().head_object(Bucket=bucket, Key=key)
    record = head.get("Metadata", {}).get(RECORD)
    return StoredObject(head["ContentLength"], head["ContentType"], record, head["ETag"])


def delete(bucket: str, key: str) -> None:
    with aws_errors():
        s3().delete_object(Bucket=bucket, Key=key)


def delete_all(bucket: str, prefix: str) -> int:
    """Deletes the objects with this prefix and returns their number."""
    keys = list_keys(bucket, prefix)
    for key in keys:
        delete(bucket, key)
    return len(keys)


def find_pages(bucket: str, prefix: str, *, after: str, before: datetime) -> Iterator[list[str]]:
    """Yields pages of keys with this prefix that sort behind `after`, of objects that were stored before `before`."""
    found = s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, StartAfter=after)
    pages = iter(found)
    while True:
        with aws_errors():
            page = next(pages, None)
        if page is None:
            return
        yield [each["Key"] for each in page.get("Contents", []) if each["LastModified"] < before]


def is_stored(bucket: str, key: str) -> bool:
    """Returns whether an object exists, by listing: `describe` can't tell a missing object from a refused one."""
    return key in list_keys(bucket, key)


def list_keys(bucket: str, prefix: str) -> list[str]:
    with aws_errors():
        pages = list(s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix))
    return [each["Key"] for page in pages for each in page.get("Contents", [])]


def presign_download(bucket: str, key: str, *, disposition: str, seconds: int) -> str:
    """Returns a presigned URL that serves the object for some seconds, with this Content-Disposition."""
    return s3().generate_presigned_url(
        "get_object",
        Params={"Bucket": bucket, "Key": key, "ResponseContentDisposition": disposition},
        ExpiresIn=seconds,
    )


def presign_post(bucket: str, key: str, *, content_type: str, size: int, seconds: int) -> tuple[str, dict[str, str]]:
    """Returns URL and fields of a form that uploads exactly `size` bytes of this type, valid for some seconds."""
    conditions = [{"Content-Type": content_type}, ["content-length-range", size, size]]
    form = s3().generate_presigned_post(
        bucket, key, Fields={"Content-Type": content_type}, Conditions=conditions, ExpiresIn=seconds
    )
    return form["url"], form["fields"]


def bucket_origin(bucket: str) -> str:
    """Returns the origin of the bucket's presigned URLs and forms, such as `https://name.s3.region.amazonaws.com`."""
    parts = urlsplit(s3().generate_presigned_url("head_bucket", Params={"Bucket": bucket}))
    return f"{parts.scheme}://{parts.netloc}"


def check_bucket(bucket: str, folder: str) -> None:
    """Raises Unavailable where the bucket can't be used for any reason; locally that may be a full disk."""
    try:
        with aws_errors():
            s3().list_objects_v2(Bucket=bucket, Prefix=folder + UNUSED_ID, MaxKeys=1)
    except ClientError as error:
        raise Unavailable("The bucket can't be used.") from error
