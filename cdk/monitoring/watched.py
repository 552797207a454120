"""The resources that alarms, the dashboard and saved queries watch."""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from cdk.constructs.function import Function


@dataclass(frozen=True)
class WatchedGpus:
    """GPU instances, which run only for the orders of a queue and end after `keep_minutes` without any."""

    group: autoscaling.IAutoScalingGroup
    orders: sqs.IQueue
    keep_minutes: int


@dataclass(frozen=True)
class WatchedResources:
    """The watched resources. `service` is the dimension in metrics, `machines` are the ARNs of the state machines that
    process jobs, `log_groups` are names.
    """

    service: str
    machines: Sequence[str]
    table: dynamodb.ITable
    api_name: str
    api_function: lambda_.IFunction
    dead_letters: sqs.IQueue
    failed_runs: sqs.IQueue
    callbacks: sqs.IQueue
    log_groups: Sequence[str]
    gpus: WatchedGpus | None = None


def log_groups_of(*stacks: cdk.Stack) -> list[str]:
    """The names of the log groups of all functions in these stacks."""
    found = [each for stack in stacks for each in stack.node.find_all() if isinstance(each, Function)]
    return sorted(each.log_group_name for each in found)
