"""The names of fetched files."""

import re
from urllib.parse import unquote

from imgopt.safe_http.client import Response
from imgopt.safe_http.destinations import Destination

EXTENDED_PARAMETER = re.compile(r"filename\*\s*=\s*utf-8'[^']*'([^;\s]+)", re.IGNORECASE)
QUOTED = re.compile(r'filename\s*=\s*"([^"]+)"', re.IGNORECASE)
PLAIN = re.compile(r'filename\s*=\s*([^";\s]+)', re.IGNORECASE)


def filename(answer: Response, destination: Destination) -> str | None:
    """Returns the server's name, or the end of the URL's path, or None. It is unchecked."""
    path = destination.target.partition("?")[0]
    return name_in(answer.header("Content-Disposition")) or unquote(path.rsplit("/", 1)[-1]) or None


def name_in(disposition: str) -> str | None:
    """Returns the name in a `Content-Disposition` header. UTF-8 is accepted, against the standards."""
    if extended := EXTENDED_PARAMETER.search(disposition):
        return unquote(extended[1])
    given = QUOTED.search(disposition) or PLAIN.search(disposition)
    return given[1].encode("latin-1").decode(errors="replace") if given else None
