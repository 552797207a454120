"""State `Upscale`, where no GPU takes it: carries out orders from a queue by networks small enough for a CPU."""

from typing import Any

from imgopt.pipeline import orders
from imgopt.telemetry import logger, trace


@logger.inject_lambda_context
@trace
def handler(event: dict[str, Any], context: object) -> None:
    for record in event["Records"]:
        orders.answer(record["body"])
