"""What more than one function is allowed to do, each with the reason for its wildcards."""

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
    """Ending a job, with what it gives back, and starting the one that waited for it."""
    allow_items(function, storage, DISPATCHING, ENDING)
    function.allow(["states:StartExecution"], *machine_arns)


def allow_cleaning(function: Function, storage: Storage) -> None:
    """Looking for what has expired, and removing its files, with those that nobody has any more."""
    function.allow(["dynamodb:Query"], storage.agenda_arn)
    for bucket, patterns in (
        (storage.uploads, ("uploads/*", "incoming/*")),
        (storage.results, ("results/*", "intermediate/*")),
    ):
        allow_listing(function, bucket, *patterns)
        allow_deleting(function, bucket, *patterns)


def allow_listing(function: Function, bucket: s3.Bucket, *patterns: str) -> None:
    """Keys that begin so: a list of all would be as good as the files, which are given to whoever knows a job's id.

    Who reads and may not list is told 403 of what isn't there (imgopt.storage.parts).
    """
    function.role.add_to_policy(
        iam.PolicyStatement(
            actions=["s3:ListBucket"],
            resources=[bucket.bucket_arn],
            conditions={"StringLike": {"s3:prefix": list(patterns)}},
        )
    )


def allow_deleting_accounts(function: Function, storage: Storage, machine: stepfunctions.StateMachine) -> None:
    """What deleting an account takes beyond that: finding what is somebody's, stopping it, and cancelling at Stripe."""
    actions = ("Query", "BatchGetItem", "BatchWriteItem", "UpdateItem")
    function.allow([f"dynamodb:{action}" for action in actions], storage.table.table_arn)
    function.allow(["dynamodb:Query"], storage.owned_arn)
    allow_executions(function, machine, "StopExecution")
    allow_secret(function, "IMGOPT_STRIPE_SECRET_ARN")


def allow_secret(function: Function, setting: str) -> None:
    """The one that a setting of the context names, if it does."""
    arn = settings_of(function).get(setting)
    if arn:
        function.allow(["secretsmanager:GetSecretValue"], arn)


def allow_deleting(function: Function, bucket: s3.Bucket, *patterns: str) -> None:
    allow_objects(function, bucket, "s3:DeleteObject", *patterns)


def allow_objects(function: Function, bucket: s3.Bucket, action: str, *patterns: str) -> None:
    """What an action does with keys of these patterns."""
    for pattern in patterns:
        function.allow([action], bucket.arn_for_objects(pattern))
        acknowledge_objects(function.role, bucket, pattern)


def allow_executions(function: Function, machine: stepfunctions.StateMachine, *actions: str) -> None:
    """Of the state machine, any one of them."""
    executions = cdk.Stack.of(function).format_arn(
        service="states",
        resource="execution",
        resource_name=f"{machine.state_machine_name}:*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    function.allow([f"states:{action}" for action in actions], executions)
    acknowledge_executions(function.role, machine)
