"""Messages in SQS."""

import json

from imgopt.storage.clients import aws_errors, sqs


def send(queue_url: str, message: dict[str, object], *, delay_seconds: int = 0) -> None:
    """Nobody receives it before `delay_seconds`, at most 900."""
    with aws_errors():
        sqs().send_message(QueueUrl=queue_url, MessageBody=json.dumps(message), DelaySeconds=delay_seconds)
