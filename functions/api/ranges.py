"""Conditional and range requests (RFC 9110, 13.1 and 14). A request for several ranges gets the whole file."""

import re

from starlette.datastructures import Headers

# The first and the last byte, one of which may be missing.
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class NotSatisfiable(Exception):
    """The range begins after the end of the file."""


def is_known(headers: Headers, etag: str) -> bool:
    """Whether the client already has this version of the file."""
    known = {each.strip().removeprefix("W/") for each in headers.get("if-none-match", "").split(",")}
    return bool(known & {etag, "*"})


def find_range(headers: Headers, etag: str, size: int) -> range | None:
    """The requested bytes. None for the whole file: without a range, with several, or if the file has changed.

    Raises NotSatisfiable if the range begins after the end of the file, which has `size` bytes.
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
