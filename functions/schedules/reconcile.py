"""Every minute: ensures that each accepted job ends, and that each payment is settled or cancelled."""

from dataclasses import asdict
from typing import Any

from imgopt.payments import offers
from imgopt.telemetry import logger, trace
from imgopt.workflow.reconciliation import reconcile

# Seconds before the timeout at which no more work is begun, so that work can be finished and logged.
RESERVE_SECONDS = 5


@logger.inject_lambda_context
@trace
def handler(event: dict[str, Any], context: Any) -> dict[str, list[str]]:
    report = asdict(reconcile(remaining_seconds(context)))
    logger.info("reconciled", extra={name: len(job_ids) for name, job_ids in report.items()})
    if offers.is_offered():
        from imgopt.payments.reconciliation import reconcile_payments

        payments = asdict(reconcile_payments(remaining_seconds(context)))
        logger.info("payments reconciled", extra={name: len(ids) for name, ids in payments.items()})
    return report


def remaining_seconds(context: Any) -> float:
    seconds: float = context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS
    return seconds
