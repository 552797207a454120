"""boto3 clients, one per service and process, because creating one takes tens of milliseconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from boto3.exceptions import Boto3Error
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader
from botocore.parsers import ResponseParserError
from botocore.retries.standard import RetryContext, ThrottledRetryableChecker, TransientRetryableChecker
from botocore.session import get_session
from botocore.utils import determine_content_length

from imgopt import time_budget
from imgopt.concurrency import once
from imgopt.errors import Unavailable
from imgopt.settings import settings
from imgopt.telemetry import logger
from imgopt.units import MEBIBYTE

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

C = TypeVar("C", bound=BaseClient)
CALLED_SERVICES = ("bedrock-runtime", "dynamodb", "s3", "secretsmanager", "sqs", "stepfunctions")
CONNECT_SECONDS, ATTEMPTS = 2, 4
SENT_AT_ONCE_BYTES = MEBIBYTE // 4
# Without it, botocore 1.43 builds the string twice for each client, which takes a quarter of a client's creation.
USER_AGENT = f"imgopt Boto3/{boto3.__version__}"
# Time for a model's answer: all attempts end before the calling function times out.
MODEL_SECONDS = 20
# Transient errors that botocore doesn't retry. It knows all codes for throttling.
PASSING = frozenset(
    {
        "ConditionalRequestConflict",
        "ExecutionLimitExceeded",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServiceError",
        "KmsThrottled",
        "KmsThrottlingException",
        "OperationAborted",
        "OverLimit",
        "ReplicatedWriteConflictException",
        "RequestTimeTooSkewed",
        "ServiceUnavailable",
        "TransactionConflictException",
    }
)
TOO_MANY_REQUESTS, SERVER_ERRORS = 429, 500
RETRY_CHECKERS = (ThrottledRetryableChecker(), TransientRetryableChecker())
# All that boto3 raises where an answer is missing, truncated or malformed.
NO_ANSWER = (BotoCoreError, Boto3Error, ResponseParserError)


class Descriptions(Loader):
    """Finds the descriptions of services. botocore's own loader looks for all of the hundreds of services first, which
    takes a fifth of the time of the first clients.
    """

    def list_available_services(self, type_name: str) -> list[str]:
        return [*CALLED_SERVICES]


def _session() -> boto3.Session:
    """Returns the default session where there is one: an operator may have given it a code of a second factor."""
    return boto3.DEFAULT_SESSION or _new_session()


@once
def _new_session() -> boto3.Session:
    core = get_session()
    core.register_component("data_loader", Descriptions())
    return boto3.Session(botocore_session=core)


def _config(**more: Any) -> Config:
    usual = Config(
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=settings().aws_read_seconds,
        max_pool_connections=50,
        user_agent=USER_AGENT,
    )
    return usual.merge(Config(**more))


def _within_limits(client: C) -> C:
    """Adds a check before each attempt, which raises where the time of the request is used up."""
    client.meta.events.register_first("before-send", check_time)
    return client


def check_time(**_: object) -> None:
    """Raises where the time of the request to the API is used up."""
    time_budget.check()


@once
def dynamodb() -> "DynamoDBClient":
    """Returns the client. DynamoDB validates requests itself: botocore's validation would take a tenth of a request's
    time.
    """
    return _within_limits(_session().client("dynamodb", config=_config(parameter_validation=False)))


@once
def s3() -> "S3Client":
    """Returns the client. Its URLs name bucket and region, as the global endpoint redirects new buckets, and refuses
    new regions.

    A CDN calls the bucket's regional name as well, so that presigned URLs must be signed for it.
    """
    addresses = {"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"}
    config = _config(signature_version="s3v4", s3=addresses)
    client = _within_limits(_session().client("s3", config=config))
    client.meta.events.register_last("before-call.s3", _send_at_once)
    return client


def _send_at_once(params: dict[str, Any], **_: object) -> None:
    """Removes the header `Expect`, by which botocore asks S3 before it sends a body, from requests with small
    bodies.
    """
    size = determine_content_length(params.get("body"))
    if size is not None and size <= SENT_AT_ONCE_BYTES:
        params["headers"].pop("Expect", None)


@once
def stepfunctions() -> "SFNClient":
    return _within_limits(_session().client("stepfunctions", config=_config()))


@once
def sqs() -> "SQSClient":
    return _within_limits(_session().client("sqs", config=_config()))


@once
def secretsmanager() -> "SecretsManagerClient":
    return _within_limits(_session().client("secretsmanager", config=_config()))


@once
def bedrock(region: str) -> "BedrockRuntimeClient":
    """Returns the client for a region; "" means the session's own region."""
    config = _config(read_timeout=MODEL_SECONDS)
    return _within_limits(_session().client("bedrock-runtime", region_name=region or None, config=config))


def error_code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def is_passing(error: ClientError) -> bool:
    """Returns whether a retry may succeed: by status, because answers to HEAD have no code, or by the codes of botocore
    and PASSING.
    """
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status == TOO_MANY_REQUESTS or status >= SERVER_ERRORS:
        return True
    context = RetryContext(attempt_number=1, parsed_response=error.response)
    return error_code(error) in PASSING or any(each.is_retryable(context) for each in RETRY_CHECKERS)


@contextmanager
def aws_errors() -> Iterator[None]:
    """Raises `Unavailable` for errors that boto3's retries did not solve; clients may retry."""
    try:
        yield
    except NO_ANSWER as error:
        logger.warning("AWS did not answer", reason=type(error).__name__)
        raise Unavailable("Storage did not answer. Please try again.") from error
    except ClientError as error:
        if not is_passing(error):
            raise
        logger.warning("AWS is busy", operation=error.operation_name, reason=error_code(error))
        raise Unavailable("Storage is busy. Please try again.") from error
