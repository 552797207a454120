"""Orders to upscale: the queues that they wait in, and what those may do who take them, on Lambda or on a GPU."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct, IConstruct

from cdk.constructs.acknowledge import acknowledge_objects
from cdk.stacks.data import DataStack

# Longer than any image is allowed to take: the order comes again only where nobody works on it any more.
UPSCALE_SECONDS = 600
VISIBILITY_SECONDS = UPSCALE_SECONDS + 30
# An order that nobody could answer becomes a dead letter; its job has failed by then.
MOST_DELIVERIES = 3
# Nobody waits for an answer any longer: their executions have ended by then.
KEPT_SECONDS = 3600


class UpscaleQueues(Construct):
    """One for each class of speed, so that what takes seconds never waits behind what takes minutes."""

    def __init__(self, scope: Construct, *, dead_letters: sqs.IQueue) -> None:
        super().__init__(scope, "Upscales")
        self.dead_letters = dead_letters
        self.small, self.large = self._queue("Small"), self._queue("Large")

    def _queue(self, name: str) -> sqs.Queue:
        return sqs.Queue(
            self,
            name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            visibility_timeout=cdk.Duration.seconds(VISIBILITY_SECONDS),
            retention_period=cdk.Duration.seconds(KEPT_SECONDS),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=MOST_DELIVERIES),
        )


def has_gpu(construct: IConstruct) -> bool:
    """Whether a GPU takes large orders, by the context `gpu`."""
    return construct.node.try_get_context("gpu") in (True, "true")


def allow_upscaling(role: iam.Role, data: DataStack, machine: stepfunctions.StateMachine) -> None:
    """To read uploads, to keep larger pictures, and to answer the state machine."""
    for actions, bucket, keys in (
        (["s3:GetObject"], data.uploads, "uploads/*"),
        (["s3:GetObject", "s3:PutObject"], data.results, "intermediate/*"),
    ):
        role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[bucket.arn_for_objects(keys)]))
        acknowledge_objects(role, bucket, keys)
    buckets = [data.uploads.bucket_arn, data.results.bucket_arn]
    role.add_to_policy(iam.PolicyStatement(actions=["s3:ListBucket"], resources=buckets))
    machine.grant_task_response(role)
