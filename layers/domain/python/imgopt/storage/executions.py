"""Executions of the standard and the express state machine.

Standard executions are named by job and attempt, can be looked up and stopped. Express executions can't, their names
aren't unique, and Step Functions may run one twice: so a job stores which execution has it.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from botocore.exceptions import ClientError

from imgopt.settings import settings
from imgopt.storage.clients import aws_errors, error_code, stepfunctions
from imgopt.telemetry import reference_of

RUNNING: Literal["RUNNING"] = "RUNNING"
MISSING_ERROR = "ExecutionDoesNotExist"
# The emulator's error for stopping an ended execution; Step Functions answers with its end.
ENDED_ERROR = "ValidationException"
JOB_ID_LENGTH = 36


@dataclass(frozen=True)
class Execution:
    """`status` is one of Step Functions: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""

    status: str
    error: str = ""
    cause: str = ""


def execution_name(job_id: str, attempt: int) -> str:
    return job_id if attempt == 1 else f"{job_id}-{attempt}"


def parse_name(name: str) -> tuple[str, int]:
    """Returns the job's id and the attempt."""
    return name[:JOB_ID_LENGTH], int(name[JOB_ID_LENGTH + 1 :] or 1)


def holder_of(execution: str) -> str:
    """Returns a short hash of an execution's id, by which a job stores its execution; "" for ""."""
    return execution and sha256(execution.encode()).hexdigest()[:16]


def start(job_id: str, owner: str, attempt: int = 1, *, express: bool = False) -> None:
    """Starts an execution. The execution does nothing where another one has the job."""
    config = settings()
    try:
        with aws_errors():
            stepfunctions().start_execution(
                stateMachineArn=config.express_machine_arn if express else config.state_machine_arn,
                name=_express_name(job_id, attempt) if express else execution_name(job_id, attempt),
                input=json.dumps({"job_id": job_id, "owner": owner, "attempt": attempt}),
            )
    except ClientError as error:
        if error_code(error) != "ExecutionAlreadyExists":
            raise


def _express_name(job_id: str, attempt: int) -> str:
    """Returns a unique name that contains the job's reference in logs instead of its id."""
    return f"{reference_of(job_id)}-{attempt}-{secrets.token_hex(4)}"


def find(job_id: str, attempt: int = 1) -> Execution | None:
    """Returns the standard execution of an attempt; None where there is none."""
    try:
        with aws_errors():
            found = stepfunctions().describe_execution(executionArn=_arn(job_id, attempt))
    except ClientError as error:
        if error_code(error) != MISSING_ERROR:
            raise
        return None
    return Execution(found["status"], found.get("error") or "", found.get("cause") or "")


def find_running() -> dict[str, datetime]:
    """Returns the names of running standard executions, with their start. The most recent ones may be missing."""
    pages = iter(
        stepfunctions()
        .get_paginator("list_executions")
        .paginate(stateMachineArn=settings().state_machine_arn, statusFilter=RUNNING)
    )
    found: dict[str, datetime] = {}
    while True:
        with aws_errors():
            page = next(pages, None)
        if page is None:
            return found
        found |= {each["name"]: each["startDate"] for each in page["executions"]}


def stop(job_id: str, attempt: int = 1) -> None:
    """Stops a standard execution. Does nothing where it has ended, or was never started."""
    try:
        with aws_errors():
            stepfunctions().stop_execution(executionArn=_arn(job_id, attempt))
    except ClientError as error:
        if error_code(error) not in (MISSING_ERROR, ENDED_ERROR):
            raise


def _arn(job_id: str, attempt: int) -> str:
    machine = settings().state_machine_arn.replace(":stateMachine:", ":execution:")
    return f"{machine}:{execution_name(job_id, attempt)}"
