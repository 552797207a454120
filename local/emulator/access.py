"""Access of this project's processes to the running emulator."""

import os
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.emulator.keys import REGION, AccessKey

HEALTH = "/_ministack/health"
SECONDS = 5


@dataclass(frozen=True)
class EmulatorAccess:
    """`endpoint` is the emulator's URL without a slash at its end."""

    endpoint: str
    key: AccessKey

    @property
    def environment(self) -> dict[str, str]:
        """The variables that AWS's clients read. Nothing of the user's AWS account is among them."""
        return {
            "AWS_ACCESS_KEY_ID": self.key.id,
            "AWS_SECRET_ACCESS_KEY": self.key.secret,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def answers(self) -> bool:
        """Whether the emulator answers."""
        signed = AWSRequest("GET", f"{self.endpoint}{HEALTH}")
        SigV4Auth(Credentials(self.key.id, self.key.secret), "health", REGION).add_auth(signed)
        return answers(f"{self.endpoint}{HEALTH}", dict(signed.headers))


def answers(url: str, headers: dict[str, str] | None = None) -> bool:
    """Whether a request by HTTP is answered with 200. Proxies of the environment are not used.

    urllib.request would load all certificates of the system for each request.
    """
    address = urlsplit(url)
    try:
        with closing(HTTPConnection(address.netloc, timeout=SECONDS)) as connection:
            connection.request("GET", address.path, headers=headers or {})
            return connection.getresponse().status == 200
    except (HTTPException, OSError):
        return False
