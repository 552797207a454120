"""What can end a request, a file or a whole run, each with the exit code that tells of it."""

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
    """A reason that is shown to people as it is."""

    exit_code = ExitCode.FAILED


class FileRefused(ClientError):
    """The server does not take one file, or could not process it; others may fare better."""

    def __init__(self, text: str, status: int | None = None) -> None:
        super().__init__(text)
        self.status = status


class RunAborted(ClientError):
    """All other files would meet the same."""


class RetryLater(RunAborted):
    """The server asks to wait for longer than this client does."""


class Unreachable(RunAborted):
    """No answer, after several tries."""

    exit_code = ExitCode.UNREACHABLE


class NotPermitted(RunAborted):
    """The server knows who asks, and says no; or it does not know."""

    exit_code = ExitCode.NOT_PERMITTED


class InvalidCredential(RunAborted):
    """What is asked about is a key or a login, and it is none."""

    exit_code = ExitCode.INVALID_CREDENTIAL


class UnknownGuest(NotPermitted):
    """The session token that was kept from an earlier run is no longer valid."""


class Busy(ClientError):
    """The server asks to try again, after `retry_after` seconds where it says so."""

    def __init__(self, text: str, status: int, retry_after: float | None) -> None:
        super().__init__(text)
        self.status, self.retry_after = status, retry_after


class Cancelled(Exception):
    """The run was interrupted, and this thread takes notice."""


@contextmanager
def closing_ends_calls() -> Iterator[None]:
    """Where a program has closed its client, a call that was under way, or comes later, raises ClientError."""
    try:
        yield
    except Cancelled as error:
        raise ClientError("The client is closed.") from error
