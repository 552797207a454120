"""Where Stripe may send a user back to: pages of websites that the settings name, and nowhere else."""

import re

from imgopt.errors import InvalidRequest
from imgopt.settings import settings

# Printable ASCII without the backslash, which browsers take for a slash. What comes after the origin ends it: with
# anything else there, such as the @ of a user name, it would be another host's.
ADDRESS = re.compile(r"(?P<origin>https?://[A-Za-z0-9.-]++(:[0-9]++)?+)([/?#][!-\[\]-~]*+)?+")
MAX_ADDRESS_LENGTH = 2000


def check_return_url(url: str) -> None:
    """Raises InvalidRequest for a URL that is not on one of the billing origins."""
    found = ADDRESS.fullmatch(url) if len(url) <= MAX_ADDRESS_LENGTH else None
    if found is None or found["origin"].lower() not in settings().billing_origins:
        raise InvalidRequest("Success and cancel URLs must be on a website that this service knows.")
