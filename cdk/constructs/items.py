"""Permissions for items of the table by kind: the keys of items begin with their kind."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam

from cdk.constructs.function import Function
from cdk.constructs.storage import Storage

# The kinds of items that change when a job ends and a waiting one starts.
ENDING = ("JOB", "CREDITS", "USAGE", "SLOTS", "LINE", "WAITING")
# The kinds of items for authentication.
CREDENTIALS = ("GUEST", "USER", "API_KEY", "DEVICE_TOKEN", "PAGE_SESSION")
STRIPE = ("BILLING", "STRIPE_CUSTOMER", "STRIPE_EVENT")


def allow_items(function: Function, storage: Storage, actions: Sequence[str], kinds: Sequence[str]) -> None:
    """Allows actions on items of some kinds. Scans must not be among them: they name no key, so the condition holds."""
    keys = [f"{kind}#*" for kind in kinds]
    function.role.add_to_policy(
        iam.PolicyStatement(
            actions=[f"dynamodb:{action}" for action in actions],
            resources=[storage.table.table_arn],
            conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": keys}},
        )
    )
