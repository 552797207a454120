"""Fetches a file from a URL, within the limits on size, time and redirects."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from imgopt.safe_http.client import Response
from imgopt.safe_http.deadline import Deadline
from imgopt.safe_http.errors import unfetchable
from imgopt.safe_http.filenames import filename
from imgopt.safe_http.redirects import follow_redirects, unexpected_status
from imgopt.settings import settings
from imgopt.units import MEBIBYTE

PIECE_BYTES = 65536
SizeCheck = Callable[[int], None]
ACCEPT_IMAGES = {"Accept": "image/*, */*;q=0.5"}


@dataclass(frozen=True)
class Fetched:
    """`file` is at its start, `size` is in bytes, and `filename` is the server's, unchecked."""

    file: BinaryIO
    size: int
    filename: str | None


@contextmanager
def fetch(url: str, check_size: SizeCheck) -> Iterator[Fetched]:
    """Yields the file of a public URL as a temporary file, which exists inside the context.

    Raises the errors of `check_size`, which gets the number of bytes so far. Raises Unfetchable where the URL or a
    redirect is not allowed, doesn't answer 200 with its complete content, or takes more than `fetch_seconds` in all.
    """
    deadline = Deadline(settings().fetch_seconds)
    with SpooledTemporaryFile(max_size=MEBIBYTE) as spooled:
        file = cast("BinaryIO", spooled)
        with follow_redirects(url, deadline, ACCEPT_IMAGES) as answered:
            if answered.response.status != 200:
                raise unexpected_status(answered.response)
            size = save_body(answered.response, file, check_size)
            name = filename(answered.response, answered.destination)
        yield Fetched(file, size, name)


def save_body(answer: Response, file: BinaryIO, check_size: SizeCheck) -> int:
    """Writes the body into the file and returns its number of bytes. Raises Unfetchable where it is incomplete."""
    if answer.header("Content-Encoding").strip().lower() not in ("", "identity"):
        raise unfetchable("its content is compressed, which was not requested")
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
