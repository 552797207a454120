"""The one access key of an embedded cloud: made at each start, known to this project's processes and functions."""

import hmac
import secrets
from dataclasses import dataclass, field

# The emulator takes a key's id of twelve digits for the account that it belongs to, and gives functions this one.
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
        """Lets its bearer call API Gateway's stage, whose `Authorization` is the service's own."""
        return hmac.digest(self.secret.encode(), GATEWAY.encode(), "sha256").hex()


def new_access_key() -> AccessKey:
    return AccessKey(ACCOUNT_ID, secrets.token_urlsafe(SECRET_BYTES))
