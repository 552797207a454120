"""At midnight UTC: tidies up after the day that is over. Nobody has to wait for it to have credits again."""

from typing import Any

from imgopt import clock
from imgopt.credits.service import refresh
from imgopt.telemetry import logger, trace

# What is begun has to be finished, and logged.
RESERVE_SECONDS = 10


@logger.inject_lambda_context
@trace
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    seconds = context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS
    report = {"refreshed": refresh(clock.now(), seconds)}
    logger.info("credits refreshed", extra=report)
    return report
