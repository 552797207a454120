"""Objects, read so that a connection that breaks loses nothing, and that nobody who is slow holds one.

A body is read at once and closed, whatever happens. Where it ends too early, the rest is asked for from the byte that
was reached, by a range of the same ETag (RFC 9110, 13.1.1 and 14.2).
"""

import random
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager

from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from imgopt.errors import NotFound, Unavailable
from imgopt.storage.clients import aws_errors, error_code, s3
from imgopt.telemetry import logger

PIECE_BYTES = 64 * 1024
# How often one part is asked for, and until when it is asked for again.
TRIES, SECONDS = 8, 20.0
READ_PAUSE = 0.05
# How many bytes to read next.
Size = Callable[[], int]
# S3 tells those who may not list a bucket no more than that they may not have it; answers to HEAD have no other code.
REFUSED_CODES = frozenset({"403", "AccessDenied"})
MISSING_CODES = frozenset({"404", "NoSuchKey", "NotFound"}) | REFUSED_CODES
REPLACED_CODE = "PreconditionFailed"


class ObjectReader:
    """An object as it was when its first byte was read: what follows is of the same version."""

    def __init__(self, bucket: str, key: str) -> None:
        self._bucket, self._key = bucket, key
        self._version: dict[str, str] = {}

    def parts(self, wanted: range, size: Size) -> Iterator[bytes]:
        """Some bytes of it, part by part, each as large as `size` says. Between two of them nothing is open."""
        first = wanted.start
        while first < wanted.stop:
            stop = min(first + size(), wanted.stop)
            yield b"".join(self.pieces(first, stop))
            first = stop

    def pieces(self, first: int = 0, stop: int | None = None) -> Generator[bytes]:
        """The bytes from the first up to `stop`, or to the end. Raises NotFound, or Unavailable after some tries."""
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
                time.sleep(READ_PAUSE * random.uniform(1, 2) * tries)  # noqa: S311 - no secret

    def _open(self, first: int, stop: int | None) -> tuple[StreamingBody, int]:
        """The body from there on, and how many bytes it should have."""
        last = "" if stop is None else stop - 1
        part = {"Range": f"bytes={first}-{last}"} if first or stop is not None else {}
        with object_errors():
            found = s3().get_object(Bucket=self._bucket, Key=self._key, **self._version, **part)  # type: ignore[arg-type]
        self._version = {"IfMatch": found["ETag"]}
        return found["Body"], found["ContentLength"]


@contextmanager
def object_errors() -> Iterator[None]:
    """`aws_errors`, a missing object as `NotFound`, and one that was replaced while it was read as `Unavailable`.

    That it is missing may be believed only for now: whoever would delete what belongs to it asks `objects.is_stored`.
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
