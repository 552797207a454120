"""Dead-letter queues. They keep messages that could not be processed until an operator has looked at them."""

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.constructs.acknowledge import acknowledge

KEPT_DAYS = 14


def dead_letter_queue(scope: Construct, name: str) -> sqs.Queue:
    queue = sqs.Queue(
        scope,
        name,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=cdk.Duration.days(KEPT_DAYS),
    )
    acknowledge(queue, "SQS3", "This is the dead-letter queue.")
    return queue
