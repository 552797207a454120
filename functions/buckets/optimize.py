"""Optimizes objects that are put into an owner's bucket. A queue delivers events of EventBridge, one at a time."""

import json
from typing import Any

import imgopt.sandbox.early_start  # noqa: F401 - it begins something
from imgopt.buckets import service
from imgopt.buckets.model import SourceObject
from imgopt.telemetry import logger, trace

# How often the queue delivers a message (cdk/stacks/buckets.py).
TRIES = 5


@logger.inject_lambda_context
@trace
def handler(event: dict[str, Any], context: object) -> None:
    for record in event["Records"]:
        is_last = int(record["attributes"]["ApproximateReceiveCount"]) >= TRIES
        for order in service.orders_of(source_of(json.loads(record["body"])["detail"])):
            outcome = service.carry_out(order, last=is_last)
            logger.info("an object of a bucket", preset=order.preset, outcome=outcome)


def source_of(detail: dict[str, Any]) -> SourceObject:
    """The object of an event. EventBridge writes ETags without quotes, and keys without percent escapes."""
    stored = detail["object"]
    return SourceObject(detail["bucket"]["name"], stored["key"], f'"{stored["etag"]}"', stored["size"])
