"""Messages in SQS."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import ClientError

from imgopt.storage.clients import aws_errors, error_code, sqs

DELIVERIES: Literal["ApproximateReceiveCount"] = "ApproximateReceiveCount"
# SQS's errors for a message that was deleted, or that another receiver has now.
LOST_MESSAGE_CODES = frozenset({"InvalidParameterValue", "MessageNotInflight", "ReceiptHandleIsInvalid"})


@dataclass(frozen=True)
class Message:
    """A received message. `receipt` names this delivery; each of its `deliveries` has another receipt."""

    queue_url: str
    id: str
    receipt: str
    body: str
    deliveries: int = 1


def send(queue_url: str, message: dict[str, object], *, delay_seconds: int = 0) -> None:
    """Sends a message, which is delivered after `delay_seconds`, at most 900."""
    with aws_errors():
        sqs().send_message(QueueUrl=queue_url, MessageBody=json.dumps(message), DelaySeconds=delay_seconds)


def receive_message(queue_url: str, *, wait_seconds: int, visibility_seconds: int) -> Message | None:
    """Waits at most `wait_seconds` (0 to 20) for the next message. Other receivers don't get it for
    `visibility_seconds`.
    """
    with aws_errors():
        answer = sqs().receive_message(
            QueueUrl=queue_url,
            MaxNumberOfMessages=1,
            WaitTimeSeconds=wait_seconds,
            VisibilityTimeout=visibility_seconds,
            MessageSystemAttributeNames=[DELIVERIES],
        )
    found = (
        Message(queue_url, each["MessageId"], each["ReceiptHandle"], each["Body"], int(each["Attributes"][DELIVERIES]))
        for each in answer.get("Messages", [])
    )
    return next(found, None)


def extend(message: Message, seconds: int) -> None:
    """Hides the message from other receivers for `seconds` from now. Does nothing where another receiver has it."""
    with _while_ours():
        sqs().change_message_visibility(
            QueueUrl=message.queue_url, ReceiptHandle=message.receipt, VisibilityTimeout=seconds
        )


def release(message: Message) -> None:
    """Makes the message visible to all receivers at once."""
    extend(message, 0)


def delete(message: Message) -> None:
    with _while_ours():
        sqs().delete_message(QueueUrl=message.queue_url, ReceiptHandle=message.receipt)


@contextmanager
def _while_ours() -> Iterator[None]:
    try:
        with aws_errors():
            yield
    except ClientError as error:
        if error_code(error).rsplit(".", 1)[-1] not in LOST_MESSAGE_CODES:
            raise
