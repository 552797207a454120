"""At midnight UTC: tidies up after the day that is over. Nobody has to wait for it to have credits again."""

from typing import Any

from imgopt import clock
from imgopt.credits.service import refresh
from imgopt.telemetry import logger, trace


@logger.inject_lambda_context
@trace
def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    report = {"refreshed": refresh(clock.now())}
    logger.info("credits refreshed", extra=report)
    return report
