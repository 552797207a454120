"""The settings of an installation, for commands that work on it: those of its cleanup function."""

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
    """The one that `make up` serves. Raises OSError where none does."""
    found = connection.find(FOLDER)
    os.environ.update(found.access.environment)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):  # of somebody's AWS account
        os.environ.pop(name, None)
    os.environ.update(settings_in(Session(found.access).function_environment(found.outputs[FUNCTION_OUTPUT])))


def use_deployed(name: str, region: str | None) -> None:
    """One on AWS, by the operator's own credentials. Raises LookupError, or what boto3 does."""
    where = region or os.environ.get("AWS_REGION")  # which boto3 doesn't read
    if where:
        os.environ["AWS_DEFAULT_REGION"] = os.environ["AWS_REGION"] = where
    variables = find_variables(boto3.client("cloudformation"), boto3.client("lambda"), f"{name}Schedules")
    for mine in [each for each in os.environ if each.startswith(SETTING_PREFIX)]:
        del os.environ[mine]
    os.environ.update(settings_in(variables))


def find_variables(cloudformation: Any, functions: Any, stack: str) -> dict[str, str]:
    """Raises LookupError where the stack has no such output."""
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
    if FUNCTION_OUTPUT not in outputs:
        raise LookupError(f"the stack {stack} has no output {FUNCTION_OUTPUT}; deploy this version first")
    found: dict[str, str] = functions.get_function_configuration(FunctionName=outputs[FUNCTION_OUTPUT])["Environment"][
        "Variables"
    ]
    return found


def settings_in(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name.startswith(SETTING_PREFIX)}
