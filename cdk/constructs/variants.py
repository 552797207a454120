"""The function for image URLs. It processes pixels, and has its own reserved concurrency, so that jobs keep theirs."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cdk.assets import function_code
from cdk.constructs.acknowledge import acknowledge, acknowledge_objects
from cdk.constructs.function import Function
from cdk.constructs.items import ENDING, allow_items
from cdk.constructs.permissions import allow_objects, allow_secret
from cdk.constructs.stages import MEBIBYTE, SMALL_PIXELS_MB
from cdk.constructs.storage import Storage
from cdk.context import settings_of

# Seconds. API Gateway aborts after 29.
SECONDS = 29
# The memory in MB that the function needs besides the process with the pixels.
OWN_MB = 512
# The kinds of items of sources, leases, usage and jobs.
TOUCHED_KINDS = ("SOURCE", "MAKING", "URLUSAGE", "RATE", "USER", "FILE", *ENDING)
ITEM_ACTIONS = ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "BatchWriteItem", "Query")
NAMED_BY_OWNER = "The operator names the bucket; which of its objects a signed URL names is for whoever signs."


def variants_function(
    scope: Construct, layers: Sequence[lambda_.ILayerVersion], environment: dict[str, str]
) -> Function:
    return Function(
        scope,
        "Variants",
        code=function_code("api"),
        handler="functions.api.gateway.handler",
        layers=layers,
        memory=SMALL_PIXELS_MB,
        seconds=SECONDS,
        environment={**environment, "IMGOPT_STAGE_MEMORY_BYTES": str((SMALL_PIXELS_MB - OWN_MB) * MEBIBYTE)},
    )


def allow_variants(
    function: Function, storage: Storage, machine_arns: Sequence[str], signing_secret: secretsmanager.ISecret
) -> None:
    """Allows fetching sources, storing variants, and creating jobs."""
    allow_items(function, storage, ITEM_ACTIONS, TOUCHED_KINDS)
    for action in ("s3:GetObject", "s3:PutObject"):
        allow_objects(function, storage.results, action, "variants/*")
    allow_objects(function, storage.results, "s3:GetObject", "results/*", "intermediate/*")
    stored = [f"s3:{action}" for action in ("PutObject", "DeleteObject", "AbortMultipartUpload")]
    function.allow(stored, storage.uploads.arn_for_objects("uploads/*"))
    acknowledge_objects(function.role, storage.uploads, "uploads/*")
    function.allow(["states:StartExecution"], *machine_arns)
    function.allow(["secretsmanager:GetSecretValue"], signing_secret.secret_arn)  # audit lines
    allow_secret(function, "IMGOPT_URL_SECRET_ARN")
    for bucket in source_buckets_of(function):
        arn = f"arn:{cdk.Stack.of(function).partition}:s3:::{bucket}/*"
        function.allow(["s3:GetObject", "s3:GetObjectVersion"], arn)
        acknowledge(function.role, f"IAM5[Resource::arn:<AWS::Partition>:s3:::{bucket}/*]", NAMED_BY_OWNER)


def source_buckets_of(scope: Construct) -> list[str]:
    named = settings_of(scope).get("IMGOPT_URL_BUCKETS", "").split(",")
    return [each.strip() for each in named if each.strip()]
