"""Objects in other owners' buckets. Their metadata tells what they were made from."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from imgopt.errors import NotFound
from imgopt.storage.clients import aws_errors, error_code, s3
from imgopt.storage.parts import ObjectReader, object_errors

REPLACED_CODES = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


@dataclass(frozen=True)
class DescribedObject:
    """`etag` includes its quotes; the names in `metadata` are in lower case."""

    etag: str
    size: int
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class Content:
    """The content to store. All metadata together is ASCII of at most 2 KB."""

    data: bytes
    content_type: str
    metadata: Mapping[str, str]


def describe(bucket: str, key: str) -> DescribedObject | None:
    """Returns an object's metadata; None where it is missing or may not be read."""
    try:
        with object_errors():
            head = s3().head_object(Bucket=bucket, Key=key)
    except NotFound:
        return None
    return DescribedObject(head["ETag"], head["ContentLength"], head.get("Metadata", {}))


def read(bucket: str, key: str) -> bytes:
    """Reads an object. Raises NotFound, or Unavailable where it was replaced during the read."""
    with closing(ObjectReader(bucket, key).pieces()) as pieces:
        return b"".join(pieces)


def put(bucket: str, key: str, content: Content, replaced: DescribedObject | None) -> bool:
    """Stores an object in place of `replaced`, or where None is stored. Returns False and changes nothing where that
    has changed.
    """
    condition: dict[str, Any] = {"IfMatch": replaced.etag} if replaced else {"IfNoneMatch": "*"}
    try:
        with aws_errors():
            s3().put_object(
                Bucket=bucket,
                Key=key,
                Body=content.data,
                ContentType=content.content_type,
                Metadata=dict(content.metadata),
                **condition,
            )
    except ClientError as error:
        if error_code(error) not in REPLACED_CODES:
            raise
        return False
    return True
