"""Upscaling: the queue of orders for GPU workers, and the permissions for upscaling there or on Lambda."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IConstruct

from cdk.constructs.acknowledge import acknowledge_objects
from cdk.constructs.storage import Storage

# Longer than any image may take, so that an order is delivered again only if its worker has stopped.
UPSCALE_SECONDS = 600
VISIBILITY_SECONDS = UPSCALE_SECONDS + 30
# The worker fails an order at its fourth delivery. An order that no worker could answer becomes a dead letter.
DELIVERIES_BEFORE_FAILURE = 4
# The lifetime of orders. Their executions have ended by then.
MESSAGE_RETENTION = 3600


class Upscales(Construct):
    """The queue of orders for images that are too large for a function."""

    def __init__(self, scope: Construct, *, dead_letters: sqs.IQueue) -> None:
        super().__init__(scope, "Upscales")
        self.queue = sqs.Queue(
            self,
            "Large",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            visibility_timeout=cdk.Duration.seconds(VISIBILITY_SECONDS),
            retention_period=cdk.Duration.seconds(MESSAGE_RETENTION),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=DELIVERIES_BEFORE_FAILURE),
        )


def has_gpu(construct: IConstruct) -> bool:
    """Whether GPU workers upscale large images, by the context `gpu`."""
    return construct.node.try_get_context("gpu") in (True, "true")


def allow_upscaling(role: iam.Role, storage: Storage) -> None:
    """Allows reading uploads and writing upscaled images."""
    for actions, bucket, keys in (
        (["s3:GetObject"], storage.uploads, "uploads/*"),
        (["s3:GetObject", "s3:PutObject"], storage.results, "intermediate/*"),
    ):
        role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[bucket.arn_for_objects(keys)]))
        acknowledge_objects(role, bucket, keys)
