"""Permissions that several functions need, each with the reason for its wildcards."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as stepfunctions

from cdk.constructs.acknowledge import acknowledge_executions, acknowledge_objects
from cdk.constructs.function import Function
from cdk.constructs.items import ENDING, allow_items
from cdk.constructs.storage import Storage
from cdk.context import settings_of

DISPATCHING = ("BatchGetItem", "BatchWriteItem", "GetItem", "Query", "UpdateItem")


def allow_dispatching(function: Function, storage: Storage, machine_arns: Sequence[str]) -> None:
    """Allows ending a job, with its refund, and starting the next one."""
    allow_items(function, storage, DISPATCHING, ENDING)
    function.allow(["states:StartExecution"], *machine_arns)


def allow_cleaning(function: Function, storage: Storage) -> None:
    """Allows finding expired items and deleting their files, and files without an item."""
    function.allow(["dynamodb:Query"], storage.agenda_arn)
    for bucket, patterns in (
        (storage.uploads, ("uploads/*", "incoming/*")),
        (storage.results, ("results/*", "intermediate/*")),
    ):
        allow_listing(function, bucket, *patterns)
        allow_deleting(function, bucket, *patterns)


def allow_listing(function: Function, bucket: s3.Bucket, *patterns: str) -> None:
    """Allows listing keys with some prefixes. A list of all keys would reveal job ids, which give access to files.

    Without this permission S3 answers 403 rather than 404 for missing keys (imgopt.storage.parts).
    """
    function.role.add_to_policy(
        iam.PolicyStatement(
            actions=["s3:ListBucket"],
            resources=[bucket.bucket_arn],
            conditions={"StringLike": {"s3:prefix": list(patterns)}},
        )
    )


def allow_deleting_accounts(function: Function, storage: Storage, machine: stepfunctions.StateMachine) -> None:
    """Allows deleting an account: finding its items, stopping its jobs, and cancelling its subscription at Stripe."""
    actions = ("Query", "BatchGetItem", "BatchWriteItem", "UpdateItem")
    function.allow([f"dynamodb:{action}" for action in actions], storage.table.table_arn)
    function.allow(["dynamodb:Query"], storage.owned_arn)
    allow_executions(function, machine, "StopExecution")
    allow_secret(function, "IMGOPT_STRIPE_SECRET_ARN")


def allow_secret(function: Function, setting: str) -> None:
    """Allows reading the secret whose ARN a setting of the context has, if it is set."""
    arn = settings_of(function).get(setting)
    if arn:
        function.allow(["secretsmanager:GetSecretValue"], arn)


def allow_deleting(function: Function, bucket: s3.Bucket, *patterns: str) -> None:
    allow_objects(function, bucket, "s3:DeleteObject", *patterns)


def allow_objects(function: Function, bucket: s3.Bucket, action: str, *patterns: str) -> None:
    """Allows an action on keys that match the patterns."""
    for pattern in patterns:
        function.allow([action], bucket.arn_for_objects(pattern))
        acknowledge_objects(function.role, bucket, pattern)


def allow_executions(function: Function, machine: stepfunctions.StateMachine, *actions: str) -> None:
    """Allows actions on all executions of the state machine."""
    executions = cdk.Stack.of(function).format_arn(
        service="states",
        resource="execution",
        resource_name=f"{machine.state_machine_name}:*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    function.allow([f"states:{action}" for action in actions], executions)
    acknowledge_executions(function.role, machine)
