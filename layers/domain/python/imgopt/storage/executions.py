"""Executions of the state machine, one per job and named by its id, so that none can start twice."""

import json

from botocore.exceptions import ClientError

from imgopt.settings import settings
from imgopt.storage.clients import aws_errors, error_code, stepfunctions


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
