"""Accepted findings of cdk-nag, each with its reason."""

from aws_cdk import Acknowledgment, IResource, Stack, Token, Validations
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_stepfunctions import StateMachine
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions-{rule}", reason=reason))


def as_found(construct: IConstruct, text: str) -> str:
    """The text as in findings, where values of CloudFormation are names in angle brackets."""
    stack = Stack.of(construct)
    named = {stack.partition: "Partition", stack.region: "Region", stack.account: "AccountId"}
    for value, name in named.items():
        text = text.replace(value, f"<AWS::{name}>") if Token.is_unresolved(value) else text
    return text


def acknowledge_objects(role: IResource, bucket: Bucket, pattern: str) -> None:
    """Accepts a wildcard for one prefix of another stack's bucket in a role's policy."""
    name = Stack.of(role).resolve(Stack.of(bucket).export_value(bucket.bucket_arn))["Fn::ImportValue"]
    acknowledge(
        role,
        f"IAM5[Resource::{name}/{pattern}]",
        "Object keys are made of ids: the wildcard covers one prefix of one bucket.",
    )


def acknowledge_executions(role: IResource, machine: StateMachine) -> None:
    """Accepts a wildcard for the executions of another stack's state machine in a role's policy."""
    stack = Stack.of(role)
    name = stack.resolve(Stack.of(machine).export_value(machine.state_machine_name))["Fn::ImportValue"]
    executions = f"arn:{stack.partition}:states:{stack.region}:{stack.account}:execution:{name}:*"
    acknowledge(
        role,
        f"IAM5[Resource::{as_found(role, executions)}]",
        "Executions are named by job ids: the wildcard covers those of one state machine.",
    )
