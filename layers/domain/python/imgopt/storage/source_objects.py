"""Reads objects from other owners' buckets, unless they are the version that is known."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime
from typing import Any

from botocore.exceptions import ClientError

from imgopt.errors import NotFound
from imgopt.storage.clients import aws_errors, error_code, s3
from imgopt.storage.parts import MISSING_CODES, PIECE_BYTES

UNCHANGED_CODES = frozenset({"304", "NotModified"})
# A key or version that can't exist.
INVALID_CODES = frozenset({"InvalidArgument", "KeyTooLongError", "NoSuchVersion", "NoSuchBucket", "MethodNotAllowed"})


@dataclass(frozen=True)
class SourceObject:
    """`last_modified` is in the format of HTTP."""

    data: bytes
    etag: str
    last_modified: str


def read_if_changed(
    bucket: str, key: str, version: str, etag: str, check_size: Callable[[int], None]
) -> SourceObject | None:
    """Returns the object; None where it still has this ETag. Raises NotFound, and the errors of `check_size`, which
    gets its size.
    """
    which: dict[str, Any] = {"VersionId": version} if version else {}
    condition: dict[str, Any] = {"IfNoneMatch": etag} if etag else {}
    try:
        with aws_errors():
            found = s3().get_object(Bucket=bucket, Key=key, **which, **condition)
            with closing(found["Body"]) as body:
                check_size(found["ContentLength"])
                data = b"".join(iter(lambda: body.read(PIECE_BYTES), b""))
                modified = found["LastModified"].astimezone(UTC)  # boto3 uses a timezone class of its own
                return SourceObject(data, found["ETag"], format_datetime(modified, usegmt=True))
    except ClientError as error:
        if error_code(error) in UNCHANGED_CODES:
            return None
        if error_code(error) in MISSING_CODES | INVALID_CODES:
            raise NotFound("The object doesn't exist, or may not be read.") from error
        raise
