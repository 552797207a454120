"""The function for status streams and downloads: the application under uvicorn, whose answers are streamed."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk.assets import function_code
from cdk.constructs.function import Function
from cdk.constructs.items import CREDENTIALS, allow_items
from cdk.constructs.permissions import allow_objects
from cdk.constructs.storage import Storage
from cdk.web_adapter import WEB_ADAPTER

# The timeout. Status streams last 300 seconds; the duration of a download depends on the client.
STREAMING_MB, STREAMING_SECONDS = 512, 330
# The streams and large downloads of one address. Each occupies one of the account's 1,000 concurrent executions.
OPEN_PER_CLIENT = "50"
# The address of the Lambda Web Adapter, which passes on the client's address from API Gateway.
ADAPTER = "127.0.0.1"
READ_KINDS = ["JOB", "LINE", "WAITING", "LEASES", *CREDENTIALS]


def streaming_function(
    stack: cdk.Stack, layers: Sequence[lambda_.ILayerVersion], environment: Mapping[str, str], trusted_proxies: str
) -> Function:
    """The function. `trusted_proxies` is the value of the setting, separated by commas."""
    arn = WEB_ADAPTER.format(stack.partition, stack.region)
    adapter = lambda_.LayerVersion.from_layer_version_arn(stack, "WebAdapter", arn)
    return Function(
        stack,
        "Streaming",
        code=function_code("api"),
        handler="functions/api/stream.sh",
        layers=[*layers, adapter],
        memory=STREAMING_MB,
        seconds=STREAMING_SECONDS,
        environment={
            "IMGOPT_MAX_STREAMS_PER_CLIENT": OPEN_PER_CLIENT,
            "IMGOPT_MAX_DOWNLOADS_PER_CLIENT": OPEN_PER_CLIENT,
            **environment,
            "IMGOPT_TRUSTED_PROXIES": ",".join(filter(None, (ADAPTER, trusted_proxies))),
            "AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap",
            "AWS_LWA_INVOKE_MODE": "response_stream",
            "AWS_LWA_READINESS_CHECK_PATH": "/health",
        },
    )


def allow_streaming(function: Function, storage: Storage, signing_secret: secretsmanager.ISecret) -> None:
    """Allows reading jobs and sending their results."""
    allow_items(function, storage, ["GetItem", "BatchGetItem", "Query", "UpdateItem"], READ_KINDS)
    function.allow(["secretsmanager:GetSecretValue"], signing_secret.secret_arn)  # audit lines
    allow_objects(function, storage.results, "s3:GetObject", "results/*")


def route_streams(api: apigateway.RestApi, function: Function) -> None:
    """Routes streams and downloads to the function, and other methods of their paths to the API's function.

    The methods for the API's function are needed because its catch-all does not match paths that have a resource of
    their own.
    """
    streamed = apigateway.LambdaIntegration(
        function.called,
        response_transfer_mode=apigateway.ResponseTransferMode.STREAM,
        timeout=cdk.Duration.seconds(STREAMING_SECONDS),
    )
    status, download = api.root.add_resource("status"), api.root.add_resource("download")
    one_status, one_download = status.add_resource("{job_id}"), download.add_resource("{job_id}")
    streams = (status.add_resource("stream"), one_status.add_resource("stream"), download, one_download)
    for resource in streams:
        resource.add_method("GET", streamed)
    for resource in (*streams, status, one_status, one_download.add_resource("url")):
        resource.add_method("ANY")
