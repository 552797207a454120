"""Layers. Each stack has its own copies of those it needs.

Stacks can't share layers: a new version has a new ARN, and CloudFormation can't change an export that is in use.
"""

from pathlib import Path

from aws_cdk import RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk.constructs.function import FUNCTION_ARCHITECTURE, RUNTIME
from cdk.context import takes_payments
from cdk.layers import build_layer


def layer(scope: Construct, name: str, folder: Path) -> lambda_.LayerVersion:
    return lambda_.LayerVersion(
        scope,
        name,
        code=lambda_.Code.from_asset(str(folder)),
        compatible_runtimes=[RUNTIME],
        compatible_architectures=[FUNCTION_ARCHITECTURE],
        removal_policy=RemovalPolicy.DESTROY,
    )


def payments_layers(scope: Construct) -> list[lambda_.LayerVersion]:
    """The layer for x402, as a list. Empty if payments are not configured."""
    return [layer(scope, "PaymentsLayer", build_layer("payments"))] if takes_payments(scope) else []
