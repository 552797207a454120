"""The command `store`: the result is put into a bucket of the client."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from functions.api.tinypng.command import Command
from imgopt.jobs.storing import Bucket, google_bucket, s3_bucket
from imgopt.storage.signatures import AwsKey

LONGEST_PATH, LONGEST_VALUE, MOST_HEADERS = 1100, 256, 10
# A bucket, and the key of the file in it.
Path = Annotated[str, StringConstraints(pattern=r"^/?[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]/.+$", max_length=LONGEST_PATH)]
Region = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]
# The headers that TinyPNG passes on.
StoredHeader = Literal["Cache-Control", "Expires", "Content-Disposition", "Content-Encoding", "Content-Language"]
HeaderValue = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]+$", max_length=LONGEST_VALUE)]
StoredHeaders = Annotated[dict[StoredHeader, HeaderValue], Field(max_length=MOST_HEADERS)]
# Characters that a header may contain.
Secret = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,4096}$")]


class Store(Command):
    path: Path
    headers: StoredHeaders = Field(default_factory=dict)

    @property
    def bare_path(self) -> str:
        return self.path.removeprefix("/")

    def sent_headers(self) -> dict[str, str]:
        return {str(name): value for name, value in self.headers.items()}


class S3Store(Store):
    """Storage in S3. `no-acl` is for buckets whose objects have no access control lists."""

    service: Literal["s3"]
    aws_access_key_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,128}$")]
    aws_secret_access_key: Secret = Field(repr=False)
    aws_session_token: Secret | None = Field(None, repr=False)
    region: Region = "us-east-1"
    acl: Literal["public-read", "no-acl"] = "public-read"

    def bucket(self) -> Bucket:
        key = AwsKey(self.aws_access_key_id, self.aws_secret_access_key, self.aws_session_token)
        listed = {} if self.acl == "no-acl" else {"X-Amz-Acl": str(self.acl)}
        return s3_bucket(self.bare_path, self.region, key, {**self.sent_headers(), **listed})


class GoogleStore(Store):
    service: Literal["gcs"]
    gcp_access_token: Secret = Field(repr=False)

    def bucket(self) -> Bucket:
        return google_bucket(self.bare_path, self.gcp_access_token, self.sent_headers())


AnyStore = Annotated[S3Store | GoogleStore, Field(discriminator="service")]
