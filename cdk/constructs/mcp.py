"""The function for MCP. Only this function has the protocol's SDK, which would slow down others."""

from collections.abc import Sequence

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cdk.assets import function_code
from cdk.constructs.acknowledge import acknowledge_objects
from cdk.constructs.function import Function
from cdk.constructs.items import CREDENTIALS, ENDING, allow_items
from cdk.constructs.permissions import allow_objects
from cdk.constructs.storage import Storage

MEMORY_MB, SECONDS = 1024, 29
# The kinds of items of uploads, jobs and rate limits.
TOUCHED_KINDS = (*ENDING, *CREDENTIALS, "FILE", "LEASES", "RATE")
ITEM_ACTIONS = ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "BatchWriteItem", "Query")


def mcp_function(scope: Construct, layers: Sequence[lambda_.ILayerVersion], environment: dict[str, str]) -> Function:
    return Function(
        scope,
        "Mcp",
        code=function_code("api"),
        handler="functions.api.mcp.gateway.handler",
        layers=layers,
        memory=MEMORY_MB,
        seconds=SECONDS,
        environment=environment,
    )


def allow_mcp(
    function: Function, storage: Storage, machine_arns: Sequence[str], signing_secret: secretsmanager.ISecret
) -> None:
    """Allows fetching images, creating jobs, and reading results."""
    allow_items(function, storage, ITEM_ACTIONS, TOUCHED_KINDS)
    stored = [f"s3:{action}" for action in ("PutObject", "DeleteObject", "AbortMultipartUpload")]
    function.allow(stored, storage.uploads.arn_for_objects("uploads/*"))
    acknowledge_objects(function.role, storage.uploads, "uploads/*")
    allow_objects(function, storage.results, "s3:GetObject", "results/*")
    function.allow(["states:StartExecution"], *machine_arns)
    function.allow(["secretsmanager:GetSecretValue"], signing_secret.secret_arn)  # audit lines
