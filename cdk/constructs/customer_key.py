"""A KMS key of the installation for its table and files, which can be disabled: the context `customer_key`."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

# The actions with the key that S3 and DynamoDB perform for roles that may read and write.
KEY_USES = ("Encrypt", "Decrypt", "ReEncrypt*", "GenerateDataKey*", "CreateGrant", "DescribeKey")


def customer_key(stack: cdk.Stack) -> kms.Key:
    """The key. Roles of the account may use it only through the table and the buckets that they may access.

    AWS-managed keys have the same policy, so permissions of roles do not depend on the kind of key.
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
