"""Executions of the two state machines.

Those of the standard one are named by job and attempt, can be asked for and can be stopped. Those of the express one
can't, their names are not unique, and Step Functions may run one twice: who has a job is written on the job itself.
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
# The emulator's word for an execution that has ended; Step Functions just says when it did.
ENDED_ERROR = "ValidationException"
JOB_ID_LENGTH = 36


@dataclass(frozen=True)
class Execution:
    """`status` is what Step Functions calls it: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""

    status: str
    error: str = ""
    cause: str = ""


def execution_name(job_id: str, attempt: int) -> str:
    return job_id if attempt == 1 else f"{job_id}-{attempt}"


def parse_name(name: str) -> tuple[str, int]:
    """The job's id, and which attempt at it that is."""
    return name[:JOB_ID_LENGTH], int(name[JOB_ID_LENGTH + 1 :] or 1)


def holder_of(execution: str) -> str:
    """Of the id of an execution, as much as sets it apart: by this a job knows which one has it. "" of none."""
    return execution and sha256(execution.encode()).hexdigest()[:16]


def start(job_id: str, owner: str, attempt: int = 1, *, express: bool = False) -> None:
    """Of a job that another execution has, the new one changes nothing."""
    known = settings()
    try:
        with aws_errors():
            stepfunctions().start_execution(
                stateMachineArn=known.express_machine_arn if express else known.state_machine_arn,
                name=_express_name(job_id, attempt) if express else execution_name(job_id, attempt),
                input=json.dumps({"job_id": job_id, "owner": owner, "attempt": attempt}),
            )
    except ClientError as error:
        if error_code(error) != "ExecutionAlreadyExists":
            raise


def _express_name(job_id: str, attempt: int) -> str:
    """The name that logs have in place of the job's id; no two executions share one."""
    return f"{reference_of(job_id)}-{attempt}-{secrets.token_hex(4)}"


def find(job_id: str, attempt: int = 1) -> Execution | None:
    """None where there is none."""
    try:
        with aws_errors():
            found = stepfunctions().describe_execution(executionArn=_arn(job_id, attempt))
    except ClientError as error:
        if error_code(error) != MISSING_ERROR:
            raise
        return None
    return Execution(found["status"], found.get("error") or "", found.get("cause") or "")


def find_running() -> dict[str, datetime]:
    """The names of all that are under way, and since when. One that was started just now may be missing."""
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
    """Does nothing where it has ended, or never begun."""
    try:
        with aws_errors():
            stepfunctions().stop_execution(executionArn=_arn(job_id, attempt))
    except ClientError as error:
        if error_code(error) not in (MISSING_ERROR, ENDED_ERROR):
            raise


def _arn(job_id: str, attempt: int) -> str:
    machine = settings().state_machine_arn.replace(":stateMachine:", ":execution:")
    return f"{machine}:{execution_name(job_id, attempt)}"
