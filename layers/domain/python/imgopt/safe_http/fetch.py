"""Takes a file from a URL, within the limits on size, time and redirects."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast
from urllib.parse import urljoin

from imgopt.errors import Unfetchable
from imgopt.safe_http.client import Response, request
from imgopt.safe_http.deadline import Deadline
from imgopt.safe_http.destinations import resolve
from imgopt.safe_http.errors import unfetchable
from imgopt.safe_http.filenames import filename
from imgopt.settings import settings
from imgopt.units import MEBIBYTE

MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PIECE_BYTES = 65536
SizeCheck = Callable[[int], None]


@dataclass(frozen=True)
class Fetched:
    """The file is at its start; size is in bytes; the name is the server's word, with whatever it contains."""

    file: BinaryIO
    size: int
    filename: str | None


@contextmanager
def fetch(url: str, check_size: SizeCheck) -> Iterator[Fetched]:
    """What a public URL answers, kept in a temporary file until the end of the `with`.

    Raises what `check_size` does of the bytes there are so far, and Unfetchable where the URL or one that it redirects
    to is not acceptable, does not answer 200 with all of its content, or takes more than `fetch_seconds` in all.
    """
    deadline = Deadline(settings().fetch_seconds)
    with SpooledTemporaryFile(max_size=MEBIBYTE) as spooled:
        yield _take(url, cast("BinaryIO", spooled), deadline, check_size)


def _take(url: str, file: BinaryIO, deadline: Deadline, check_size: SizeCheck) -> Fetched:
    schemes = {"http", "https"}
    for _ in range(1 + MOST_REDIRECTS):
        destination = resolve(url, deadline.remaining())
        if destination.scheme not in schemes:
            raise unfetchable("it redirects from https to http")
        schemes = {"https"} if destination.scheme == "https" else schemes
        with request("GET", destination, deadline, {"Accept": "image/*, */*;q=0.5"}) as answer:
            if answer.status not in REDIRECTS:
                return Fetched(file, _keep(answer, file, check_size), filename(answer, destination))
            url = _next(url, answer)
    raise unfetchable("it redirects too often")


def _next(url: str, answer: Response) -> str:
    """Servers send UTF-8 there although they should not."""
    location = answer.header("Location").encode("latin-1").decode(errors="replace")
    if not location:
        raise _unwanted(answer)
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise unfetchable("it redirects to what is no valid URL") from error


def _unwanted(answer: Response) -> Unfetchable:
    return unfetchable(f"it answered {answer.status}")


def _keep(answer: Response, file: BinaryIO, check_size: SizeCheck) -> int:
    """The number of bytes."""
    if answer.status != 200:
        raise _unwanted(answer)
    if answer.header("Content-Encoding").strip().lower() not in ("", "identity"):
        raise unfetchable("its content is compressed, though that was not asked for")
    check_size(answer.announced or 0)
    size = _copy(answer, file, check_size)
    if size < (answer.announced or 0):
        raise unfetchable("its answer ended too early")
    return size


def _copy(answer: Response, file: BinaryIO, check_size: SizeCheck) -> int:
    size = 0
    while piece := answer.read(PIECE_BYTES):
        size += len(piece)
        check_size(size)
        file.write(piece)
    file.seek(0)
    return size
