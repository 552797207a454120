"""Traces with OpenTelemetry in place of X-Ray's SDK, with a layer such as AWS's distribution, if the context names one.

Functions behind the API do not have it. It would record the queries of requests, which contain device codes and ids
that give access to results. Besides, the streaming function is started by another wrapper.
"""

import re

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

LAYER_VERSION = re.compile(r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:layer:[\w-]+:\d+")
BEHIND_THE_API = ("functions.api.", "functions/api/")
WRAPPER = "/opt/otel-instrument"
# Requests to clients' servers are not traced, because their URLs may contain secrets.
NOT_TRACED = "http.client,httpx,requests,urllib,urllib3"


def open_telemetry_layer_arn(scope: Construct) -> str:
    """The layer's ARN, or "". Raises ValueError if it is not the ARN of a layer version."""
    arn = str(scope.node.try_get_context("open_telemetry_layer") or "")
    if arn and not LAYER_VERSION.fullmatch(arn):
        raise ValueError(f"open_telemetry_layer: {arn} is not the ARN of a layer version")
    return arn


def add_open_telemetry(function: lambda_.Function, handler: str) -> None:
    """Adds the layer. Powertools' tracer is disabled, as each call would be traced twice."""
    arn = open_telemetry_layer_arn(function)
    if not arn or handler.startswith(BEHIND_THE_API):
        return
    function.add_layers(lambda_.LayerVersion.from_layer_version_arn(function, "OpenTelemetry", arn))
    for name, value in {
        "AWS_LAMBDA_EXEC_WRAPPER": WRAPPER,
        "POWERTOOLS_TRACE_DISABLED": "true",
        "OTEL_AWS_APPLICATION_SIGNALS_ENABLED": "false",
        "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": NOT_TRACED,
        "OTEL_SERVICE_NAME": "imgopt",
    }.items():
        function.add_environment(name, value)
