"""Failures in the owner's bucket: one object for each result that could not be made, removed when it succeeds."""

import json

from imgopt import clock
from imgopt.buckets.keys import failure_key
from imgopt.buckets.model import Order
from imgopt.storage import objects
from imgopt.telemetry import logger


def note(order: Order, reason: str) -> None:
    report = {
        "bucket": order.source.bucket,
        "key": order.source.key,
        "etag": order.source.etag.strip('"'),
        "preset": order.preset,
        "reason": reason,
        "at": clock.now().isoformat(timespec="seconds"),
    }
    data = json.dumps(report, indent=1).encode()
    objects.put(order.rule.target, failure_key(order.rule, order.source.key, order.preset), data, "application/json")
    logger.warning("result for an object of a bucket could not be made", reason=reason)


def forget(order: Order) -> None:
    objects.delete(order.rule.target, failure_key(order.rule, order.source.key, order.preset))
