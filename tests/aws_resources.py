"""The table, buckets, queue and state machine of the service in moto, made without requests, which take much longer."""

import json
from typing import Any
from urllib.parse import urlsplit

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb import dynamodb_backends
from moto.s3 import s3_backends
from moto.sqs import sqs_backends
from moto.stepfunctions import stepfunctions_backends

REGION = "us-east-1"
SQS = urlsplit(f"https://sqs.{REGION}.amazonaws.com/")
WAITING = json.dumps({"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}})


def make_table(name: str, properties: dict[str, Any]) -> None:
    """`properties` as CloudFormation has them."""
    dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].create_table(
        name,
        schema=properties["KeySchema"],
        attr=properties["AttributeDefinitions"],
        billing_mode=properties["BillingMode"],
        global_indexes=properties["GlobalSecondaryIndexes"],
        indexes=[],
        throughput=None,
        streams=None,
        sse_specification=None,
        tags=[],
        deletion_protection_enabled=False,
        warm_throughput=None,
    )


def make_bucket(name: str) -> None:
    s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(name, REGION)


def make_queue(name: str) -> str:
    """Makes a queue, and returns its URL."""
    return sqs_backends[DEFAULT_ACCOUNT_ID][REGION].create_queue(name).url(SQS)


def make_state_machine(name: str) -> None:
    role = f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/test"
    stepfunctions_backends[DEFAULT_ACCOUNT_ID][REGION].create_state_machine(name, WAITING, role)
