"""Optimizes images that are put into an owner's buckets. The stack exists only with IMGOPT_BUCKET_RULES."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.assets import domain_layer, function_code, ml_layer
from cdk.bucket_rules import BucketAccess
from cdk.constructs.acknowledge import acknowledge
from cdk.constructs.function import Function
from cdk.constructs.layers import layer
from cdk.constructs.stages import MEBIBYTE, MODELS, OWN_MB, PIXELS_MB
from cdk.context import memory_of
from cdk.layers import build_layer
from cdk.stacks.pipeline import PipelineStack

SECONDS = 300
# The number of deliveries of a message. functions/buckets/optimize.py notes the failure of the last one.
TRIES = 5
# Dead letters keep the age of their message, so they are kept twice as long.
WAITING_DAYS = 7
# The number of images that are processed at a time, besides the jobs of clients.
AT_A_TIME = 5
BY_PREFIX = "The owner names the bucket and the prefix; what keys follow is the owner's."


class BucketsStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str, *, pipeline: PipelineStack, rules: Sequence[BucketAccess]) -> None:
        super().__init__(scope, name, stack_name=name, description="Image optimization: buckets of the owner's")
        self.pipeline = pipeline
        self.queue = self._queue()
        for number, rule in enumerate(rules, 1):
            self._listen(number, rule)
        self.function = self._function()
        for rule in rules:
            self._allow(rule)
        self.function.lambda_function.add_event_source(
            sources.SqsEventSource(self.queue, batch_size=1, max_concurrency=AT_A_TIME)
        )

    def _queue(self) -> sqs.Queue:
        """The queue. Messages whose failure could not be noted become dead letters, which raise an alarm."""
        return sqs.Queue(
            self,
            "Objects",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            visibility_timeout=cdk.Duration.seconds(6 * SECONDS),
            retention_period=cdk.Duration.days(WAITING_DAYS),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.pipeline.dead_letters, max_receive_count=TRIES),
        )

    def _listen(self, number: int, rule: BucketAccess) -> None:
        """The rule for events of a bucket. Its owner has to enable events to EventBridge."""
        keys = {"key": [{"prefix": rule.prefix}]} if rule.prefix else {}
        pattern = events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={"bucket": {"name": [rule.bucket]}, **({"object": keys} if keys else {})},
        )
        events.Rule(self, f"Created{number}", event_pattern=pattern, targets=[targets.SqsQueue(self.queue)])

    def _function(self) -> Function:
        memory = memory_of(self, "optimize_mb", PIXELS_MB)
        return Function(
            self,
            "OptimizeObject",
            code=function_code("buckets"),
            handler="functions.buckets.optimize.handler",
            layers=[
                layer(self, "DomainLayer", domain_layer()),
                layer(self, "ImagingLayer", build_layer("imaging")),
                layer(self, "MlLayer", ml_layer()),
            ],
            memory=memory,
            seconds=SECONDS,
            environment={
                **self.pipeline.stage_variables,
                "IMGOPT_MODELS_FOLDER": MODELS,
                "IMGOPT_STAGE_MEMORY_BYTES": str((memory - OWN_MB) * MEBIBYTE),
            },
        )

    def _allow(self, rule: BucketAccess) -> None:
        self._allow_objects("s3:GetObject", rule.bucket, rule.prefix)
        for start in rule.written:
            for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
                self._allow_objects(action, rule.target, start)

    def _allow_objects(self, action: str, bucket: str, prefix: str) -> None:
        arn = f"arn:{self.partition}:s3:::{bucket}/{prefix}*"
        self.function.allow([action], arn)
        acknowledge(self.function.role, f"IAM5[Resource::arn:<AWS::Partition>:s3:::{bucket}/{prefix}*]", BY_PREFIX)
