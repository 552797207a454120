"""Accepted findings of cdk-nag about resources that the CDK creates for a pipeline, each with its reason."""

from collections.abc import Iterator
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_s3 as s3

from cdk.constructs.acknowledge import acknowledge

COPIES = "Who deployed what is in CodePipeline's history; the bucket has nothing but copies of what is committed."
ENCRYPTED = "What is built is encrypted by the bucket."
ARTIFACTS = "The CDK grants actions so, on this pipeline's artifacts alone."
OWN_LOGS = "The CDK grants a project its own logs and reports so."
OTHER_ROLES = "By a condition on a tag, these are the roles of the CDK's bootstrap, which do all that it deploys."
ARTIFACT_ACTIONS = ("s3:Abort", "s3:DeleteObject", "s3:GetBucket", "s3:GetObject", "s3:List")
KEY_ACTIONS = ("kms:GenerateDataKey", "kms:ReEncrypt")


def acknowledge_all(stack: cdk.Stack, artifacts: s3.Bucket) -> None:
    """Accepts all findings. Call it after the pipeline was built."""
    for rule, reason in (*findings_on(artifacts), *findings_on_projects(stack)):
        acknowledge(stack, rule, reason)


def findings_on(artifacts: s3.Bucket) -> Iterator[tuple[str, str]]:
    yield "S1", COPIES
    actions = (*ARTIFACT_ACTIONS, *(KEY_ACTIONS if artifacts.encryption_key else ()))
    yield from ((f"IAM5[Action::{action}*]", ARTIFACTS) for action in actions)
    yield f"IAM5[Resource::<{logical_id(artifacts)}.Arn>/*]", ARTIFACTS


def findings_on_projects(stack: cdk.Stack) -> Iterator[tuple[str, str]]:
    account, region = reported_value(stack.account, "AccountId"), reported_value(stack.region, "Region")
    partition = reported_value(stack.partition, "Partition")
    yield "CB4", ENCRYPTED
    yield "IAM5[Resource::*]", OTHER_ROLES
    yield f"IAM5[Resource::arn:*:iam::{account}:role/*]", OTHER_ROLES
    for each in stack.node.find_all():
        if isinstance(each, codebuild.Project):
            name, where = f"<{logical_id(each)}>", f"{region}:{account}"
            yield f"IAM5[Resource::arn:{partition}:logs:{where}:log-group:/aws/codebuild/{name}:*]", OWN_LOGS
            yield f"IAM5[Resource::arn:{partition}:codebuild:{where}:report-group/{name}-*]", OWN_LOGS


def reported_value(value: str, parameter: str) -> str:
    """A value as cdk-nag reports it. Stacks without account and region have placeholders."""
    return f"<AWS::{parameter}>" if cdk.Token.is_unresolved(value) else value


def logical_id(resource: cdk.Resource) -> str:
    child = cast("cdk.CfnElement", resource.node.default_child)
    return str(cdk.Stack.of(resource).resolve(child.logical_id))
