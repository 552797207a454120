"""One boto3 client per service and process: building one costs tens of milliseconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from imgopt.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 4},
    connect_timeout=5,
    read_timeout=30,
    max_pool_connections=50,
)
TRANSIENT = frozenset(
    {
        "InternalError",
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


@cache
def dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb", config=CONFIG)


@cache
def s3() -> "S3Client":
    return boto3.client("s3", config=CONFIG.merge(Config(signature_version="s3v4")))


@cache
def stepfunctions() -> "SFNClient":
    return boto3.client("stepfunctions", config=CONFIG)


@cache
def sqs() -> "SQSClient":
    return boto3.client("sqs", config=CONFIG)


@cache
def secretsmanager() -> "SecretsManagerClient":
    return boto3.client("secretsmanager", config=CONFIG)


@cache
def bedrock(region: str) -> "BedrockRuntimeClient":
    """In a region that has the model; "" for the session's own."""
    return boto3.client("bedrock-runtime", region_name=region or None, config=CONFIG)


def error_code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


@contextmanager
def aws_errors() -> Iterator[None]:
    """Turns what boto3 could not mend by retrying into `Unavailable`, which callers may retry."""
    try:
        yield
    except BotoCoreError as error:
        raise Unavailable("Storage did not answer. Please try again.") from error
    except ClientError as error:
        if error_code(error) not in TRANSIENT:
            raise
        raise Unavailable("Storage is busy. Please try again.") from error
