"""The secret by which the API recognizes requests from CloudFront."""

import json

import aws_cdk as cdk
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cdk.constructs.acknowledge import acknowledge
from cdk.edge.headers import SENT, TAKEN_TOO

LENGTH = 48


def origin_secret(scope: Construct) -> secretsmanager.Secret:
    secret = secretsmanager.Secret(
        scope,
        "OriginSecret",
        description="CloudFront sends it to the API, which refuses whoever does not",
        generate_secret_string=secretsmanager.SecretStringGenerator(
            secret_string_template=json.dumps({TAKEN_TOO: ""}),
            generate_string_key=SENT,
            exclude_punctuation=True,
            password_length=LENGTH,
        ),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    acknowledge(secret, "SMG4", "CloudFront has to be deployed to with it: docs/operations.md says how it is replaced.")
    return secret
