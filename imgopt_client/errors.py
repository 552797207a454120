"""Errors of a request, a file or a whole run, each with its exit code."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum


class ExitCode(IntEnum):
    DONE = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    INVALID_CREDENTIAL = UNREACHABLE
    NOT_PERMITTED = 4
    INTERRUPTED = 130


class ClientError(Exception):
    """An error whose message is shown to users."""

    exit_code = ExitCode.FAILED


class FileRefused(ClientError):
    """The server refuses one file, or could not process it. Other files may succeed."""

    def __init__(self, text: str, status: int | None = None) -> None:
        super().__init__(text)
        self.status = status


class RunAborted(ClientError):
    """An error that all other files would have, too."""


class RetryLater(RunAborted):
    """The server asks to wait for longer than the client's limit."""


class Unreachable(RunAborted):
    """The server did not answer, after several attempts."""

    exit_code = ExitCode.UNREACHABLE


class NotPermitted(RunAborted):
    """The server refuses the caller, or does not know it."""

    exit_code = ExitCode.NOT_PERMITTED


class InvalidCredential(RunAborted):
    """The key or login that is checked is not valid."""

    exit_code = ExitCode.INVALID_CREDENTIAL


class UnknownGuest(NotPermitted):
    """The stored session token of an earlier run is no longer valid."""


class Busy(ClientError):
    """The server asks to try again, after `retry_after` seconds if it states them."""

    def __init__(self, text: str, status: int, retry_after: float | None) -> None:
        super().__init__(text)
        self.status, self.retry_after = status, retry_after


class Cancelled(Exception):
    """Ends the work of a thread after the run was interrupted."""


@contextmanager
def closing_ends_calls() -> Iterator[None]:
    """Raises ClientError for calls of a client that the program has closed, also for running ones."""
    try:
        yield
    except Cancelled as error:
        raise ClientError("The client is closed.") from error
