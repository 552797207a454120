"""Tasks of the state machine that others carry out, each known by the token that it waits with."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from botocore.exceptions import ClientError

from imgopt.storage.clients import aws_errors, error_code, stepfunctions

# What Step Functions says where nobody waits for an answer any more.
GONE = frozenset({"InvalidToken", "TaskDoesNotExist", "TaskTimedOut"})


def succeed(token: str, result: Mapping[str, object]) -> None:
    """Does nothing where nobody waits any more."""
    with _while_awaited():
        stepfunctions().send_task_success(taskToken=token, output=json.dumps(result))


def fail(token: str, error: str, cause: str) -> None:
    """Ends the task by an error that the state machine can catch by name. Does nothing where nobody waits any more."""
    with _while_awaited():
        stepfunctions().send_task_failure(taskToken=token, error=error, cause=cause)


def beat(token: str) -> bool:
    """Says that the task is still worked on. False where nobody waits any more."""
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
