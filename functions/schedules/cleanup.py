"""Every hour: deletes expired jobs, uploads and records."""

from dataclasses import asdict
from typing import Any

from imgopt.retention.cleanup import clean_up
from imgopt.telemetry import logger, trace

# Seconds before the timeout at which no more work is begun, so that work can be finished and logged.
RESERVE_SECONDS = 10


@logger.inject_lambda_context
@trace
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    report = asdict(clean_up(context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS))
    logger.info("cleaned up", extra={**report, "errors": len(report["errors"])})
    return report
