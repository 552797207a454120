"""Reads objects in parts, so that broken connections are resumed, and slow clients hold none open.

Each body is read at once and closed. Where it ends too early, the rest is requested from that byte on, by a range with
the same ETag (RFC 9110, 13.1.1 and 14.2).
"""

import random
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from typing import Any

from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from imgopt.errors import NotFound, Unavailable
from imgopt.storage.clients import aws_errors, error_code, s3
from imgopt.telemetry import logger

PIECE_BYTES = 64 * 1024
# Attempts for one part, and the seconds after which no further attempt is made.
TRIES, SECONDS = 8, 20.0
READ_PAUSE = 0.05
# Returns the number of bytes to read next.
Size = Callable[[], int]
# Without the right to list a bucket, S3 answers missing objects with these codes; answers to HEAD only have the status.
REFUSED_CODES = frozenset({"403", "AccessDenied"})
MISSING_CODES = frozenset({"404", "NoSuchKey", "NotFound"}) | REFUSED_CODES
REPLACED_CODE = "PreconditionFailed"


class ObjectReader:
    """Reads one version of an object: the one of the first read."""

    def __init__(self, bucket: str, key: str) -> None:
        self._bucket, self._key = bucket, key
        self._version: dict[str, Any] = {}

    def parts(self, wanted: range, size: Size) -> Iterator[bytes]:
        """Yields a range in parts of `size` bytes. No connection is open between two parts."""
        first = wanted.start
        while first < wanted.stop:
            stop = min(first + size(), wanted.stop)
            yield b"".join(self.pieces(first, stop))
            first = stop

    def pieces(self, first: int = 0, stop: int | None = None) -> Generator[bytes]:
        """Yields the bytes from `first` to `stop`, or to the end. Raises NotFound, or Unavailable after several
        attempts.
        """
        tries, until = 0, time.monotonic() + SECONDS
        while stop is None or first < stop:
            tries += 1
            try:
                body, size = self._open(first, stop)
                stop = first + size if stop is None else stop
                with closing(body), aws_errors():
                    while piece := body.read(PIECE_BYTES):
                        first += len(piece)
                        yield piece
            except Unavailable:
                if tries >= TRIES or time.monotonic() > until:
                    raise
                time.sleep(READ_PAUSE * random.uniform(1, 2) * tries)  # noqa: S311 - not used as a secret

    def _open(self, first: int, stop: int | None) -> tuple[StreamingBody, int]:
        """Returns the body from `first` on, and its expected length."""
        last = "" if stop is None else stop - 1
        part: dict[str, Any] = {"Range": f"bytes={first}-{last}"} if first or stop is not None else {}
        with object_errors():
            found = s3().get_object(Bucket=self._bucket, Key=self._key, **self._version, **part)
        self._version = {"IfMatch": found["ETag"]}
        return found["Body"], found["ContentLength"]


@contextmanager
def object_errors() -> Iterator[None]:
    """Like `aws_errors`, with a missing object as `NotFound`, and one that was replaced during a read as `Unavailable`.

    `NotFound` may also mean a missing permission. Ask `objects.is_stored` before deleting anything because of it.
    """
    try:
        with aws_errors():
            yield
    except ClientError as error:
        if error_code(error) in REFUSED_CODES:
            logger.info("S3 doesn't have an object, or doesn't give it", operation=error.operation_name)
        if error_code(error) in MISSING_CODES:
            raise NotFound("The file is no longer stored.") from error
        if error_code(error) == REPLACED_CODE:
            raise Unavailable("The file has just been replaced. Please try again.") from error
        raise
