"""Functions behind the API that may do what the others may not: each has a role, secrets and cold starts of its own."""

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
# Paths below these go to their function; a trailing part stands for whatever follows.
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
    """To remove what has expired, and to start jobs of a queue of tasks."""
    function.allow([f"dynamodb:{action}" for action in (*COUNTED, "DeleteItem", "Scan")], storage.table.table_arn)
    allow_cleaning(function, storage)
    allow_deleting_accounts(function, storage, machine)
    allow_dispatching(function, storage, machine_arns)
    allow_secret(function, "IMGOPT_SCHEDULER_SECRET_ARN")


def allow_billing(function: Function, storage: Storage, signing_secret: secretsmanager.ISecret) -> None:
    """To sell subscriptions, and to hear of them from Stripe."""
    allow_items(function, storage, COUNTED, [*CREDENTIALS, *STRIPE, "RATE"])
    function.allow(["secretsmanager:GetSecretValue"], signing_secret.secret_arn)  # audit lines
    allow_secret(function, "IMGOPT_STRIPE_SECRET_ARN")
