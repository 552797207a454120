"""Read-only requests to AWS, and what their errors mean."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError
from botocore.parsers import ResponseParserError

CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"})
NOT_THERE = frozenset(
    {
        *("NoSuchEntity", "NoSuchEntityException", "NoSuchResourceException", "NotFoundException"),
        *("ParameterNotFound", "ResourceNotFoundException"),
        "ValidationException",  # Bedrock's answer to an unknown model id
    }
)
# The IAM names of operations that are not called service:Operation.
IAM_ACTIONS = {
    ("apigateway", "get_account"): "apigateway:GET",
    ("lambda", "get_layer_version_by_arn"): "lambda:GetLayerVersion",
}
IAM_PREFIXES = {"service-quotas": "servicequotas"}


class NotChecked(Exception):
    """Something could not be checked. The message is the reason."""


class Denied(NotChecked):
    """The credentials lack a permission. `message` is AWS's message."""

    def __init__(self, action: str, message: str) -> None:
        super().__init__(f"not checked: these credentials may not call {action}")
        self.message = message


class NoSuchResource(Exception):
    """The requested resource does not exist."""


@dataclass(frozen=True)
class AwsAccount:
    """An account in a region. `client` returns boto3's client for a service and a region."""

    number: str
    caller: str
    region: str
    client: Callable[[str, str], Any]

    @property
    def partition(self) -> str:
        return self.caller.split(":")[1]

    def ask(self, service: str, operation: str, *, region: str = "", **parameters: object) -> dict[str, Any]:
        """Raises NoSuchResource, Denied, or NotChecked for any other reason."""
        action = action_of(service, operation)
        try:
            return dict(getattr(self.client(service, region or self.region), operation)(**parameters))
        except ClientError as error:
            raise meaning_of(error, action) from error
        except (BotoCoreError, ResponseParserError) as error:
            raise NotChecked(f"not checked: {action} was not answered ({type(error).__name__})") from error


def action_of(service: str, operation: str) -> str:
    usual = f"{IAM_PREFIXES.get(service, service)}:{''.join(part.title() for part in operation.split('_'))}"
    return IAM_ACTIONS.get((service, operation), usual)


def meaning_of(error: ClientError, action: str) -> Exception:
    code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    if code in DENIED:
        return Denied(action, message)
    if code in NOT_THERE or (code == "ValidationError" and "does not exist" in message):
        return NoSuchResource(message)
    return NotChecked(f"not checked: {action} failed with {code or 'an error without a code'}")


def identify(profile: str | None = None, region: str | None = None) -> AwsAccount:
    """The account and region of the environment, unless they are given, as the CDK command line finds them.

    Raises NotChecked, whose message says what to do.
    """
    try:
        session = boto3.Session(region_name=region or os.environ.get("AWS_REGION"), profile_name=profile)
        if not session.region_name:
            raise NotChecked("No region is set. Set AWS_REGION, such as AWS_REGION=eu-west-1.")
        client = cache(lambda service, region: session.client(service, region_name=region, config=CONFIG))
        return identify_by(client, session.region_name)
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise NotChecked(
            "No AWS credentials were found. Sign in with `aws login` or `aws sso login`, or set AWS_PROFILE."
        ) from error
    except BotoCoreError as error:
        raise NotChecked(f"The request to AWS failed: {error}") from error


def identify_by(client: Callable[[str, str], Any], region: str) -> AwsAccount:
    try:
        found = client("sts", region).get_caller_identity()
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        raise NotChecked(
            f"AWS refuses these credentials in {region} ({code}). They are wrong or expired, or the region is not "
            f"enabled for the account. To enable it: aws account enable-region --region-name {region}"
        ) from error
    return AwsAccount(found["Account"], found["Arn"], region, client)
