"""What a file that was fetched is called."""

import re
from urllib.parse import unquote

from imgopt.safe_http.client import Response
from imgopt.safe_http.destinations import Destination

EXTENDED_PARAMETER = re.compile(r"filename\*\s*=\s*utf-8'[^']*'([^;\s]+)", re.IGNORECASE)
QUOTED = re.compile(r'filename\s*=\s*"([^"]+)"', re.IGNORECASE)
PLAIN = re.compile(r'filename\s*=\s*([^";\s]+)', re.IGNORECASE)


def filename(answer: Response, destination: Destination) -> str | None:
    """The server's word for it, else the end of the URL's path, else None. It may contain anything."""
    path = destination.target.partition("?")[0]
    return name_in(answer.header("Content-Disposition")) or unquote(path.rsplit("/", 1)[-1]) or None


def name_in(disposition: str) -> str | None:
    """The name that a `Content-Disposition` header gives, in UTF-8 whatever standards say."""
    if extended := EXTENDED_PARAMETER.search(disposition):
        return unquote(extended[1])
    given = QUOTED.search(disposition) or PLAIN.search(disposition)
    return given[1].encode("latin-1").decode(errors="replace") if given else None
