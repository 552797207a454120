"""Signs requests to S3 with a client's own key (AWS Signature Version 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class AwsKey:
    """An AWS key. `token` is None for a long-term key."""

    id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def sign_put(url: str, region: str, key: AwsKey, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    """Returns the headers that authorize a PUT of these bytes at this URL for some minutes."""
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    request = AWSRequest("PUT", url, headers=dict(headers), data=body)
    S3SigV4Auth(Credentials(key.id, key.secret, key.token), "s3", region).add_auth(request)
    return dict(request.headers.items())
