"""The URLs that Stripe may send a user back to: pages of the websites in the settings, and no others."""

import re

from imgopt.errors import InvalidRequest
from imgopt.settings import settings

# Printable ASCII without the backslash, which browsers treat as a slash. Only `/`, `?` or `#` may follow the origin:
# after other characters, such as the @ behind a user name, the URL could lead to another host.
ADDRESS = re.compile(r"(?P<origin>https?://[A-Za-z0-9.-]++(:[0-9]++)?+)([/?#][!-\[\]-~]*+)?+")
MAX_ADDRESS_LENGTH = 2000


def check_return_url(url: str) -> None:
    """Raises InvalidRequest for a URL that is not on one of the billing origins."""
    found = ADDRESS.fullmatch(url) if len(url) <= MAX_ADDRESS_LENGTH else None
    if found is None or found["origin"].lower() not in settings().billing_origins:
        raise InvalidRequest(
            "Success and cancel URLs must be on a website of this service. Use one of the configured origins."
        )
