"""A key of the installation's own for its table and files, which can be disabled: by the context `customer_key`."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

# What S3 and DynamoDB do by it for whoever may read and write there.
KEY_USES = ("Encrypt", "Decrypt", "ReEncrypt*", "GenerateDataKey*", "CreateGrant", "DescribeKey")


def customer_key(stack: cdk.Stack) -> kms.Key:
    """Whoever of the account may use the table or a bucket may use the key by way of it, and not otherwise.

    So AWS's own keys are shared, too: what roles may do stays in their policies for table and buckets alone.
    """
    key = kms.Key(
        stack,
        "Key",
        description="Image optimization: table, uploads and results",
        enable_key_rotation=True,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    services = [f"{service}.{stack.region}.{stack.url_suffix}" for service in ("s3", "dynamodb")]
    key.add_to_resource_policy(
        iam.PolicyStatement(
            actions=[f"kms:{use}" for use in KEY_USES],
            principals=[iam.AnyPrincipal()],
            resources=["*"],
            conditions={"StringEquals": {"kms:CallerAccount": stack.account, "kms:ViaService": services}},
        )
    )
    return key
