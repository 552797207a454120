"""The settings of an installation for operators' commands, read from its cleanup function."""

import os
from collections.abc import Mapping
from typing import Any

import boto3

from local import connection
from local.deploy import Session
from local.up import FOLDER

FUNCTION_OUTPUT = "CleanupFunctionName"
SETTING_PREFIX = "IMGOPT_"


def use_local() -> None:
    """Uses the service of `make up`. Raises OSError if it is not running."""
    found = connection.find(FOLDER)
    os.environ.update(found.access.environment)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):  # these belong to the user's AWS account
        os.environ.pop(name, None)
    os.environ.update(settings_in(Session(found.access).function_environment(found.outputs[FUNCTION_OUTPUT])))


def use_deployed(name: str, region: str | None) -> None:
    """Uses an installation on AWS with the operator's credentials. Raises LookupError, or boto3's errors."""
    where = region or os.environ.get("AWS_REGION")  # boto3 does not read this variable
    if where:
        os.environ["AWS_DEFAULT_REGION"] = os.environ["AWS_REGION"] = where
    variables = find_variables(boto3.client("cloudformation"), boto3.client("lambda"), f"{name}Schedules")
    for mine in [each for each in os.environ if each.startswith(SETTING_PREFIX)]:
        del os.environ[mine]
    os.environ.update(settings_in(variables))


def find_variables(cloudformation: Any, functions: Any, stack: str) -> dict[str, str]:
    """The variables of the cleanup function. Raises LookupError if the stack does not name it."""
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
    if FUNCTION_OUTPUT not in outputs:
        raise LookupError(f"the stack {stack} has no output {FUNCTION_OUTPUT}; deploy the current version first")
    found: dict[str, str] = functions.get_function_configuration(FunctionName=outputs[FUNCTION_OUTPUT])["Environment"][
        "Variables"
    ]
    return found


def settings_in(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name.startswith(SETTING_PREFIX)}
