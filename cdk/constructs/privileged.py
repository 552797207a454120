"""Functions behind the API with more permissions than the others. Each has its own role and secrets."""

from collections.abc import Sequence

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from cdk.assets import function_code
from cdk.constructs.function import Function
from cdk.constructs.items import CREDENTIALS, STRIPE, allow_items
from cdk.constructs.permissions import allow_cleaning, allow_deleting_accounts, allow_dispatching, allow_secret
from cdk.constructs.storage import Storage

MEMORY_MB, SECONDS = 1024, 29
# The paths that are routed to these functions. A trailing part matches any rest of a path.
INTERNAL_PATHS, BILLING_PATHS = ("internal/{proxy+}", "process"), ("billing/{proxy+}", "webhooks/{proxy+}")
COUNTED = ("GetItem", "PutItem", "UpdateItem")


def privileged_function(
    scope: Construct, name: str, layers: Sequence[lambda_.ILayerVersion], environment: dict[str, str]
) -> Function:
    return Function(
        scope,
        name,
        code=function_code("api"),
        handler="functions.api.gateway.handler",
        layers=layers,
        memory=MEMORY_MB,
        seconds=SECONDS,
        environment=environment,
    )


def allow_internal(
    function: Function, storage: Storage, machine: stepfunctions.StateMachine, machine_arns: Sequence[str]
) -> None:
    """Allows cleaning up, and starting jobs for a task queue."""
    function.allow([f"dynamodb:{action}" for action in (*COUNTED, "DeleteItem", "Scan")], storage.table.table_arn)
    allow_cleaning(function, storage)
    allow_deleting_accounts(function, storage, machine)
    allow_dispatching(function, storage, machine_arns)
    allow_secret(function, "IMGOPT_SCHEDULER_SECRET_ARN")


def allow_billing(function: Function, storage: Storage, signing_secret: secretsmanager.ISecret) -> None:
    """Allows selling subscriptions, and processing Stripe's events."""
    allow_items(function, storage, COUNTED, [*CREDENTIALS, *STRIPE, "RATE"])
    function.allow(["secretsmanager:GetSecretValue"], signing_secret.secret_arn)  # audit lines
    allow_secret(function, "IMGOPT_STRIPE_SECRET_ARN")
