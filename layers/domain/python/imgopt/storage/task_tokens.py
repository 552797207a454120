"""Task tokens of Step Functions, by which workers answer tasks of the state machine."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from botocore.exceptions import ClientError

from imgopt.storage.clients import aws_errors, error_code, stepfunctions

# Errors of Step Functions for a task that no execution waits for any more.
GONE = frozenset({"InvalidToken", "TaskDoesNotExist", "TaskTimedOut"})


def succeed(token: str, result: Mapping[str, object]) -> None:
    """Completes a task. Does nothing where no execution waits for it any more."""
    with _while_awaited():
        stepfunctions().send_task_success(taskToken=token, output=json.dumps(result))


def fail(token: str, error: str, cause: str) -> None:
    """Fails a task by an error that the state machine can catch by name. Does nothing where no execution waits any
    more.
    """
    with _while_awaited():
        stepfunctions().send_task_failure(taskToken=token, error=error, cause=cause)


def beat(token: str) -> bool:
    """Sends a heartbeat. Returns False where no execution waits for the task any more."""
    with _while_awaited():
        stepfunctions().send_task_heartbeat(taskToken=token)
        return True
    return False


@contextmanager
def _while_awaited() -> Iterator[None]:
    try:
        with aws_errors():
            yield
    except ClientError as error:
        if error_code(error) not in GONE:
            raise
