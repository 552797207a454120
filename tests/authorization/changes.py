"""Records what is written to the cloud's services during a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from imgopt.storage import clients

READS = ("Get", "BatchGet", "Query", "Scan", "List", "Head", "Describe", "TransactGet")
# Requests and wrong codes, which are counted to be refused.
COUNTS = ("RATE#", "LEASES#", "WRONG_CODES#")


@contextmanager
def watched() -> Iterator[list[str]]:
    """Names of the calls that changed something, as they happen, with what each was told. Refused ones did not."""
    seen: list[str] = []

    def remember(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        context["told"] = str(params)

    def note(parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: object) -> None:
        is_counted = any(count in context["told"] for count in COUNTS)
        if not (model.name.startswith(READS) or "Error" in parsed or is_counted):
            seen.append(f"{model.name} {context['told']}")

    all_events = [
        client().meta.events
        for client in (clients.dynamodb, clients.s3, clients.stepfunctions, clients.sqs, clients.secretsmanager)
    ]
    for events in all_events:
        events.register("before-parameter-build", remember)
        events.register("after-call", note)
    yield seen
    for events in all_events:
        events.unregister("before-parameter-build", remember)
        events.unregister("after-call", note)
