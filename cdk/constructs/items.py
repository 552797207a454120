"""Items of the one table by their kinds, with which their keys begin: a function may touch those that it works on."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam

from cdk.constructs.function import Function
from cdk.constructs.storage import Storage

# What a job's end changes, and the start of those that waited for it.
ENDING = ("JOB", "CREDITS", "USAGE", "SLOTS", "LINE", "WAITING")
# Whatever proves who is asking, with the user that it leads to.
CREDENTIALS = ("GUEST", "USER", "API_KEY", "DEVICE_TOKEN", "PAGE_SESSION")
STRIPE = ("BILLING", "STRIPE_CUSTOMER", "STRIPE_EVENT")


def allow_items(function: Function, storage: Storage, actions: Sequence[str], kinds: Sequence[str]) -> None:
    """The actions have to name keys: a condition on these holds for a scan, which names none."""
    keys = [f"{kind}#*" for kind in kinds]
    function.role.add_to_policy(
        iam.PolicyStatement(
            actions=[f"dynamodb:{action}" for action in actions],
            resources=[storage.table.table_arn],
            conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": keys}},
        )
    )
