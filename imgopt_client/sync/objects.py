"""Objects in S3, accessed with boto3 and the credentials that it finds."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from imgopt_client.errors import ClientError, FileRefused, NotPermitted
from imgopt_client.sync.addresses import BucketAddress

MISSING, CHANGED = {"404", "NoSuchKey", "NotFound"}, {"PreconditionFailed", "ConditionalRequestConflict"}
REFUSED = {"403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"}


@dataclass(frozen=True)
class ListedObject:
    key: str
    etag: str
    size: int


@dataclass(frozen=True)
class Content:
    data: bytes
    media_type: str
    metadata: Mapping[str, str]


class ChangedMeanwhile(FileRefused):
    """Another program has changed the object."""


class Objects:
    """Access to S3. Its methods raise NotPermitted if S3 refuses, ClientError if S3 can't be reached."""

    def __init__(self, endpoint: str | None = None) -> None:
        """`endpoint` is the URL of an S3-compatible server; None for AWS."""
        try:
            import boto3
        except ImportError as error:
            raise ClientError('`imgopt sync` needs boto3. Install it with: pip install "imgopt[s3]"') from error
        with self._errors("S3"):
            self.s3: Any = boto3.client("s3", endpoint_url=endpoint)

    def list_below(self, address: BucketAddress) -> Iterator[ListedObject]:
        with self._errors(str(address)):
            for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=address.bucket, Prefix=address.prefix):
                for each in page.get("Contents", []):
                    yield ListedObject(each["Key"], each["ETag"], each["Size"])

    def metadata(self, bucket: str, key: str) -> tuple[str, Mapping[str, str]]:
        """The ETag and the metadata of an object."""
        with self._errors(f"s3://{bucket}/{key}"):
            head = self.s3.head_object(Bucket=bucket, Key=key)
        return head["ETag"], head.get("Metadata", {})

    def read(self, bucket: str, listed: ListedObject) -> bytes:
        """The bytes of an object. Raises ChangedMeanwhile if it was changed since it was listed."""
        with self._errors(f"s3://{bucket}/{listed.key}"):
            found = self.s3.get_object(Bucket=bucket, Key=listed.key, IfMatch=listed.etag)
            data: bytes = found["Body"].read()
        return data

    def write(self, bucket: str, key: str, content: Content, replaced: str | None) -> None:
        """Writes an object. `replaced` is the ETag of the object that it replaces, None for a new one.

        Raises ChangedMeanwhile if the ETag is another one.
        """
        condition = {"IfMatch": replaced} if replaced else {"IfNoneMatch": "*"}
        stored = {"Body": content.data, "ContentType": content.media_type, "Metadata": dict(content.metadata)}
        with self._errors(f"s3://{bucket}/{key}"):
            self.s3.put_object(Bucket=bucket, Key=key, **stored, **condition)

    def delete(self, bucket: str, key: str) -> None:
        with self._errors(f"s3://{bucket}/{key}"):
            self.s3.delete_object(Bucket=bucket, Key=key)

    @contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError
        from botocore.exceptions import ClientError as Refusal

        try:
            yield
        except Refusal as error:
            code = error.response["Error"]["Code"]
            if code in CHANGED:
                raise ChangedMeanwhile(f"{what} was changed during the run") from error
            if code in REFUSED:
                raise NotPermitted(f"{what}: S3 denied access ({code})") from error
            raise FileRefused(f"{what}: {'it is not there' if code in MISSING else error}") from error
        except (BotoCoreError, Boto3Error) as error:
            raise ClientError(f"{what}: {error}") from error
