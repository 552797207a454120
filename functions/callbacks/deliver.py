"""Delivers callbacks to clients' servers when jobs have ended. The queue delivers messages one at a time."""

import json
from typing import Any

from imgopt.callbacks import service
from imgopt.telemetry import logger, trace


@logger.inject_lambda_context
@trace
def handler(event: dict[str, Any], context: object) -> None:
    for record in event["Records"]:
        message = json.loads(record["body"])
        with logger.append_context_keys(job_id=message["job_id"]):
            service.deliver(message["job_id"], message["attempt"])
