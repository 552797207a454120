"""Messages in SQS."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import ClientError

from imgopt.storage.clients import aws_errors, error_code, sqs

DELIVERIES: Literal["ApproximateReceiveCount"] = "ApproximateReceiveCount"
# What SQS says of a message that was deleted, or that is someone else's by now.
NOT_OURS = frozenset({"InvalidParameterValue", "MessageNotInflight", "ReceiptHandleIsInvalid"})


@dataclass(frozen=True)
class Message:
    """`receipt` names this delivery of it, one of so many `deliveries`: another one has another receipt."""

    queue_url: str
    id: str
    receipt: str
    body: str
    deliveries: int = 1


def send(queue_url: str, message: dict[str, object], *, delay_seconds: int = 0) -> None:
    """Nobody receives it before `delay_seconds`, at most 900."""
    with aws_errors():
        sqs().send_message(QueueUrl=queue_url, MessageBody=json.dumps(message), DelaySeconds=delay_seconds)


def receive_message(queue_url: str, *, wait_seconds: int, visibility_seconds: int) -> Message | None:
    """The next message, waiting for one at most `wait_seconds`, 0-20; nobody else gets it for `visibility_seconds`."""
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
    """For so many seconds from now nobody else gets the message. Does nothing where it is no longer ours."""
    with _while_ours():
        sqs().change_message_visibility(
            QueueUrl=message.queue_url, ReceiptHandle=message.receipt, VisibilityTimeout=seconds
        )


def release(message: Message) -> None:
    """Anybody may receive the message again at once."""
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
        if error_code(error).rsplit(".", 1)[-1] not in NOT_OURS:
            raise
