"""Objects in S3, by boto3, with whatever credentials it finds for the person who runs this."""

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
    """Somebody else has written what is to be replaced."""


class Objects:
    """Raises NotPermitted where S3 refuses, ClientError where it can't be asked."""

    def __init__(self, endpoint: str | None = None) -> None:
        """`endpoint` is of a server that speaks S3's protocol and is not AWS."""
        try:
            import boto3
        except ImportError as error:
            raise ClientError('Buckets need boto3: install "imgopt[s3]".') from error
        with self._errors("S3"):
            self.s3: Any = boto3.client("s3", endpoint_url=endpoint)

    def list_below(self, address: BucketAddress) -> Iterator[ListedObject]:
        with self._errors(str(address)):
            for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=address.bucket, Prefix=address.prefix):
                for each in page.get("Contents", []):
                    yield ListedObject(each["Key"], each["ETag"], each["Size"])

    def metadata(self, bucket: str, key: str) -> tuple[str, Mapping[str, str]]:
        """The ETag, and what is noted."""
        with self._errors(f"s3://{bucket}/{key}"):
            head = self.s3.head_object(Bucket=bucket, Key=key)
        return head["ETag"], head.get("Metadata", {})

    def read(self, bucket: str, listed: ListedObject) -> bytes:
        """As it was when it was listed. Raises ChangedMeanwhile."""
        with self._errors(f"s3://{bucket}/{listed.key}"):
            found = self.s3.get_object(Bucket=bucket, Key=listed.key, IfMatch=listed.etag)
            data: bytes = found["Body"].read()
        return data

    def write(self, bucket: str, key: str, content: Content, replaced: str | None) -> None:
        """`replaced` is the ETag of what is there, None where nothing is: raises ChangedMeanwhile where it is not."""
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
                raise ChangedMeanwhile(f"{what} has been changed meanwhile") from error
            if code in REFUSED:
                raise NotPermitted(f"{what}: S3 refuses it ({code})") from error
            raise FileRefused(f"{what}: {'it is not there' if code in MISSING else error}") from error
        except (BotoCoreError, Boto3Error) as error:
            raise ClientError(f"{what}: {error}") from error
