"""Callbacks: their queue, the secret that signs them, and the function that delivers them."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.assets import function_code
from cdk.constructs.acknowledge import acknowledge
from cdk.constructs.function import Function
from cdk.constructs.items import allow_items
from cdk.constructs.storage import Storage

MEMORY_MB, SECONDS = 256, 30
# Callbacks that are delivered at a time. Each may wait for the client's server for 10 seconds.
MAX_CONCURRENT_DELIVERIES = 10


def callback_queue(scope: Construct, dead_letters: sqs.IQueue) -> sqs.Queue:
    """The queue of callbacks. Messages that can't be processed at all go to the dead-letter queue."""
    return sqs.Queue(
        scope,
        "Callbacks",
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        visibility_timeout=cdk.Duration.seconds(6 * SECONDS),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=5),
    )


def signing_secret(scope: Construct) -> secretsmanager.Secret:
    secret = secretsmanager.Secret(
        scope,
        "SigningSecret",
        description="Signs callbacks: each owner's key is made of it",
        generate_secret_string=secretsmanager.SecretStringGenerator(exclude_punctuation=True, password_length=64),
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    acknowledge(secret, "SMG4", "Receivers of callbacks know keys that are made of it: a new one would break them.")
    return secret


def deliver_function(scope: Construct, domain_layer: lambda_.ILayerVersion, environment: dict[str, str]) -> Function:
    return Function(
        scope,
        "Deliver",
        code=function_code("callbacks"),
        handler="functions.callbacks.deliver.handler",
        layers=[domain_layer],
        memory=MEMORY_MB,
        seconds=SECONDS,
        environment=environment,
    )


def deliver_from(queue: sqs.Queue, function: Function, storage: Storage, secret: secretsmanager.ISecret) -> None:
    """Connects the function with the queue, and grants the permissions for deliveries."""
    allow_items(function, storage, ["GetItem", "BatchGetItem", "UpdateItem"], ["JOB", "CALLBACK_SECRET"])
    function.allow(["sqs:SendMessage"], queue.queue_arn)
    function.allow(["secretsmanager:GetSecretValue"], secret.secret_arn)
    function.lambda_function.add_event_source(
        sources.SqsEventSource(queue, batch_size=1, max_concurrency=MAX_CONCURRENT_DELIVERIES)
    )
