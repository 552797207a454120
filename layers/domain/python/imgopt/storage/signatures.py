"""Requests to S3 that are signed with somebody else's key (AWS Signature Version 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class AwsKey:
    """`token` is None for a key that lasts."""

    id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def sign_put(url: str, region: str, key: AwsKey, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    """The headers with which S3 takes these bytes at that address for the next minutes."""
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    request = AWSRequest("PUT", url, headers=dict(headers), data=body)
    S3SigV4Auth(Credentials(key.id, key.secret, key.token), "s3", region).add_auth(request)
    return dict(request.headers.items())
