"""Parts of a file, as clients ask for them (RFC 9110, 13.1 and 14): one part, or all of it."""

import re

from starlette.datastructures import Headers

# First and last byte, of which one may be left out.
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class NotSatisfiable(Exception):
    """The part lies behind the end of the file."""


def is_known(headers: Headers, etag: str) -> bool:
    """Whether the client already has exactly this file."""
    known = {each.strip().removeprefix("W/") for each in headers.get("if-none-match", "").split(",")}
    return bool(known & {etag, "*"})


def find_range(headers: Headers, etag: str, size: int) -> range | None:
    """The bytes that are wanted; None for all of them, also where several parts are, or the file has changed.

    Raises NotSatisfiable.
    """
    match = ONE_RANGE.fullmatch(headers.get("range", "").replace(" ", ""))
    if match is None or headers.get("if-range", etag) != etag or match[1] == match[2] == "":
        return None
    if match[1] == "":
        start, stop = max(0, size - int(match[2])), size
    else:
        start, stop = int(match[1]), min(int(match[2]) + 1 if match[2] else size, size)
        if match[2] and int(match[2]) < start:
            return None
    if start >= size or start >= stop:
        raise NotSatisfiable
    return range(start, stop)
