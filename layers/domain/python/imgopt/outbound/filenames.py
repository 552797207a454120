"""What a file that was fetched is called."""

import re
from urllib.parse import unquote

from imgopt.outbound.destinations import Destination
from imgopt.outbound.exchange import Answer

EXTENDED = re.compile(r"filename\*\s*=\s*utf-8'[^']*'([^;\s]+)", re.IGNORECASE)
QUOTED = re.compile(r'filename\s*=\s*"([^"]+)"', re.IGNORECASE)
PLAIN = re.compile(r'filename\s*=\s*([^";\s]+)', re.IGNORECASE)


def filename(answer: Answer, destination: Destination) -> str | None:
    """The server's word for it, else the end of the URL's path, else None. It may contain anything."""
    disposition = answer.header("Content-Disposition")
    if extended := EXTENDED.search(disposition):
        return unquote(extended[1])
    if given := QUOTED.search(disposition) or PLAIN.search(disposition):
        return given[1].encode("latin-1").decode(errors="replace")
    path = destination.target.partition("?")[0]
    return unquote(path.rsplit("/", 1)[-1]) or None
