"""Functions behind the API that may do what the others may not: each has a role, secrets and cold starts of its own."""

from typing import TYPE_CHECKING

from cdk.assets import function_code
from cdk.constructs.function import Function
from cdk.constructs.items import CREDENTIALS, STRIPE, allow_items
from cdk.constructs.permissions import allow_cleaning, allow_deleting_accounts, allow_secret

if TYPE_CHECKING:
    from cdk.stacks.api import ApiStack

MEMORY_MB, SECONDS = 1024, 29
# Paths below these go to their function; a trailing part stands for whatever follows.
INTERNAL_PATHS, BILLING_PATHS = ("internal/{proxy+}", "process"), ("billing/{proxy+}", "webhooks/{proxy+}")
COUNTED = ("GetItem", "PutItem", "UpdateItem")


def internal_function(stack: "ApiStack") -> Function:
    """Removes what has expired, and starts jobs of a queue of tasks."""
    function = _function(stack, "Internal")
    _allow_table(function, stack, *COUNTED, "DeleteItem", "Scan")
    allow_cleaning(function, stack.data)
    allow_deleting_accounts(function, stack.data, stack.pipeline.state_machine)
    stack.pipeline.allow_dispatching(function)
    allow_secret(function, "IMGOPT_SCHEDULER_SECRET_ARN")
    return function


def billing_function(stack: "ApiStack") -> Function:
    """Sells subscriptions, and hears of them from Stripe."""
    function = _function(stack, "Billing")
    allow_items(function, stack.data, COUNTED, [*CREDENTIALS, *STRIPE, "RATE"])
    function.allow(["secretsmanager:GetSecretValue"], stack.pipeline.signing_secret.secret_arn)  # audit lines
    allow_secret(function, "IMGOPT_STRIPE_SECRET_ARN")
    return function


def _function(stack: "ApiStack", name: str) -> Function:
    return Function(
        stack,
        name,
        code=function_code("api"),
        handler="functions.api.gateway.handler",
        layers=stack.layers,
        memory=MEMORY_MB,
        seconds=SECONDS,
        environment=stack.pipeline.environment_variables,
    )


def _allow_table(function: Function, stack: "ApiStack", *actions: str) -> None:
    function.allow([f"dynamodb:{action}" for action in actions], stack.data.table.table_arn)
