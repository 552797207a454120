"""At 00:00 UTC: deletes credit records of past days. New credits do not depend on it."""

from typing import Any

from imgopt import clock
from imgopt.credits.service import refresh
from imgopt.telemetry import logger, trace

# Seconds before the timeout at which no more work is begun, so that work can be finished and logged.
RESERVE_SECONDS = 10


@logger.inject_lambda_context
@trace
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    seconds = context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS
    report = {"refreshed": refresh(clock.now(), seconds)}
    logger.info("credits refreshed", extra=report)
    return report
