"""The access key of a local cloud. It is created at each start, for this project's processes and functions."""

import hmac
import secrets
from dataclasses import dataclass, field

# The emulator reads a key id of twelve digits as an account id. It gives functions this one.
ACCOUNT_ID = "000000000000"
REGION = "us-east-1"
SECRET_BYTES = 32
GATEWAY, TOKEN_HEADER = "execute-api", "x-emulator-token"


@dataclass(frozen=True)
class AccessKey:
    id: str
    secret: str = field(repr=False)

    @property
    def gateway_token(self) -> str:
        """A token for calls of API Gateway's stage, where `Authorization` belongs to the service."""
        return hmac.digest(self.secret.encode(), GATEWAY.encode(), "sha256").hex()


def new_access_key() -> AccessKey:
    return AccessKey(ACCOUNT_ID, secrets.token_urlsafe(SECRET_BYTES))
