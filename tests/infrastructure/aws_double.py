"""Simulated answers of AWS, by boto3's own clients, which check parameters and answers."""

from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from cdk.account.aws import AwsAccount

REGION, NUMBER = "us-east-1", "123456789012"
CALLER = f"arn:aws:sts::{NUMBER}:assumed-role/Admin/ada"
Answer = tuple[str, str, dict | str]


@cache
def client(service: str, region: str) -> Any:
    known = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    return boto3.session.Session().client(service, region_name=region, **known)


def account_with(answers: list[Answer]) -> tuple[AwsAccount, list[Stubber]]:
    """Service, operation, and what it answers: an error where that is a text, its code and message."""
    stubs = {service: Stubber(client(service, REGION)) for service, _, _ in answers}
    for service, operation, answer in answers:
        if isinstance(answer, str):
            code, _, message = answer.partition(": ")
            stubs[service].add_client_error(operation, code, message)
        else:
            stubs[service].add_response(operation, answer)
    for stub in stubs.values():
        stub.activate()
    return AwsAccount(NUMBER, CALLER, REGION, client), list(stubs.values())


class Refusing:
    """A client that may do nothing."""

    def __getattr__(self, operation: str) -> Any:
        def refuse(**_: object) -> None:
            raise ClientError(
                {"Error": {"Code": "AccessDeniedException", "Message": "no identity-based policy"}}, operation
            )

        return refuse


def account_without_rights() -> AwsAccount:
    return AwsAccount(NUMBER, CALLER, REGION, lambda service, region: Refusing())
