"""Executions of the state machine, one per job and named by its id, so that none can start twice."""

import json

from botocore.exceptions import ClientError

from imgopt.settings import settings
from imgopt.storage.clients import aws_errors, error_code, stepfunctions

RUNNING = "RUNNING"
MISSING = "ExecutionDoesNotExist"
# The emulator's word for an execution that has ended; Step Functions just says when it did.
ENDED = "ValidationException"


def start(job_id: str, owner: str) -> None:
    try:
        with aws_errors():
            stepfunctions().start_execution(
                stateMachineArn=settings().state_machine_arn,
                name=job_id,
                input=json.dumps({"job_id": job_id, "owner": owner}),
            )
    except ClientError as error:
        if error_code(error) != "ExecutionAlreadyExists":
            raise


def find_status(job_id: str) -> str | None:
    """What Step Functions calls it: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED; None where there is none."""
    try:
        with aws_errors():
            return stepfunctions().describe_execution(executionArn=_arn(job_id))["status"]
    except ClientError as error:
        if error_code(error) != MISSING:
            raise
        return None


def stop(job_id: str) -> None:
    """Does nothing where it has ended, or never begun."""
    try:
        with aws_errors():
            stepfunctions().stop_execution(executionArn=_arn(job_id))
    except ClientError as error:
        if error_code(error) not in (MISSING, ENDED):
            raise


def _arn(job_id: str) -> str:
    return f"{settings().state_machine_arn.replace(':stateMachine:', ':execution:')}:{job_id}"
