"""Every minute: sees to it that every accepted job ends."""

from dataclasses import asdict
from typing import Any

from imgopt.telemetry import logger, trace
from imgopt.workflow.reconciliation import reconcile

# What is begun has to be finished, and logged.
RESERVE_SECONDS = 5


@logger.inject_lambda_context
@trace
def handler(event: dict[str, Any], context: Any) -> dict[str, list[str]]:
    report = asdict(reconcile(context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS))
    logger.info("reconciled", extra={name: len(job_ids) for name, job_ids in report.items()})
    return report
