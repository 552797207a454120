"""Secrets in AWS Secrets Manager, read once per process."""

from functools import cache

from imgopt.storage.clients import aws_errors, secretsmanager


@cache
def read(arn: str) -> str:
    with aws_errors():
        return secretsmanager().get_secret_value(SecretId=arn)["SecretString"]
