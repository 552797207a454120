"""Access of this project's processes to the running emulator."""

import os
from dataclasses import dataclass
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.emulator.keys import REGION, AccessKey

HEALTH = "/_ministack/health"


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
        return answers(Request(str(signed.url), headers=dict(signed.headers)))  # noqa: S310 - loopback


def answers(request: Request | str) -> bool:
    """Whether a request is answered with 200. Proxies of the environment are not used."""
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=5) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False
