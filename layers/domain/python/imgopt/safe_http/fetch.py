"""Takes a file from a URL, within the limits on size, time and redirects."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from imgopt.safe_http.client import Response
from imgopt.safe_http.deadline import Deadline
from imgopt.safe_http.errors import unfetchable
from imgopt.safe_http.filenames import filename
from imgopt.safe_http.redirects import follow_redirects, unwanted
from imgopt.settings import settings
from imgopt.units import MEBIBYTE

PIECE_BYTES = 65536
SizeCheck = Callable[[int], None]
WANTED = {"Accept": "image/*, */*;q=0.5"}


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
        file = cast("BinaryIO", spooled)
        with follow_redirects(url, deadline, WANTED) as answered:
            if answered.response.status != 200:
                raise unwanted(answered.response)
            size = keep_body(answered.response, file, check_size)
            name = filename(answered.response, answered.destination)
        yield Fetched(file, size, name)


def keep_body(answer: Response, file: BinaryIO, check_size: SizeCheck) -> int:
    """The number of bytes, all of which are in the file then. Raises Unfetchable where it is not whole."""
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
