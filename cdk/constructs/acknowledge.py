"""Findings of cdk-nag that are as they should be, each with its reason."""

from aws_cdk import Acknowledgment, IResource, Stack, Validations
from aws_cdk.aws_s3 import Bucket
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions-{rule}", reason=reason))


def acknowledge_objects(role: IResource, bucket: Bucket, pattern: str) -> None:
    """A wildcard over one prefix of one bucket, in a role's policy."""
    logical_id = Stack.of(bucket).get_logical_id(bucket.node.default_child)
    acknowledge(
        role,
        f"IAM5[Resource::<{logical_id}.Arn>/{pattern}]",
        "Object keys are made of ids: the wildcard covers one prefix of one bucket.",
    )
