"""API Gateway's REST API in front of the application: TLS, throttling of all requests, and the access log."""

import json
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from cdk.constructs.acknowledge import acknowledge
from cdk.context import is_on

API_STAGE = "v1"
REQUESTS_PER_SECOND, BURST = 100, 200
# Requests per second, and in a burst, for routes that occupy a function as long as their client receives.
OTHER_METHODS = {
    "/status/stream/GET": (20, 40),
    "/status/{job_id}/stream/GET": (20, 40),
    "/download/GET": (10, 20),
    "/download/{job_id}/GET": (50, 100),
    # Pages contain many image URLs. Variants that have to be made are limited by reserved concurrency.
    "/img/{proxy+}/ANY": (500, 1000),
}
# TLS 1.2 or later with forward secrecy. The default would accept TLS 1.0.
SECURITY_POLICY, ACCESS_MODE = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", "BASIC"
NOT_AT_THE_GATEWAY = {
    "APIG2": "FastAPI validates every request, with messages that clients rely on.",
    "APIG4": "Guests need no credential; the application resolves and checks all others.",
    "COG4": "Guests need no credential; the application resolves and checks all others.",
    "APIG3": "A web ACL costs a monthly fee that not every installation wants to pay.",
}

LOG_ROLE = "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]"


def rest_api(stack: cdk.Stack, handler: lambda_.IFunction) -> apigateway.LambdaRestApi:
    """The REST API. All paths are routed to `handler`, unless they get another integration."""
    # All APIs of an account and region share this role. It is kept when the stack is deleted, for the others' logs.
    has_log_role = is_on(stack, "log_role", default=True)
    api = apigateway.LambdaRestApi(
        stack,
        "Api",
        rest_api_name=stack.stack_name,  # the dimension of its metrics
        handler=handler,
        binary_media_types=["*/*"],
        cloud_watch_role=has_log_role,
        cloud_watch_role_removal_policy=cdk.RemovalPolicy.RETAIN if has_log_role else None,
        endpoint_types=[apigateway.EndpointType.REGIONAL],
        deploy_options=_stage_options(stack),
    )
    resource = cast("apigateway.CfnRestApi", api.node.default_child)
    resource.security_policy, resource.endpoint_access_mode = SECURITY_POLICY, ACCESS_MODE
    for rule, reason in NOT_AT_THE_GATEWAY.items():
        acknowledge(api, rule, reason)
    if has_log_role:
        acknowledge(api, LOG_ROLE, "The managed policy is how API Gateway's account-wide log role is documented.")
    return api


def _stage_options(stack: cdk.Stack) -> apigateway.StageOptions:
    access_log = logs.LogGroup(
        stack, "AccessLog", retention=logs.RetentionDays.ONE_MONTH, removal_policy=cdk.RemovalPolicy.DESTROY
    )
    usual = _method_options(stack, REQUESTS_PER_SECOND, BURST)
    return apigateway.StageOptions(
        stage_name=API_STAGE,
        access_log_destination=apigateway.LogGroupLogDestination(access_log),
        access_log_format=access_log_format(),
        tracing_enabled=False,  # traces would contain paths, and so ids that give access to results
        method_options={"/*/*": usual, **{path: _method_options(stack, *most) for path, most in OTHER_METHODS.items()}},
    )


def _method_options(stack: cdk.Stack, rate: int, burst: int) -> apigateway.MethodDeploymentOptions:
    """The options of a method, all of them, as those of the stage are not inherited."""
    return apigateway.MethodDeploymentOptions(
        logging_level=apigateway.MethodLoggingLevel.ERROR,
        metrics_enabled=is_on(stack, "detailed_metrics", default=False),
        throttling_rate_limit=rate,
        throttling_burst_limit=burst,
    )


def access_log_format() -> apigateway.AccessLogFormat:
    """The format of the access log. It has no query strings, which can contain tokens, and no addresses."""
    field = apigateway.AccessLogField
    known = {
        "request": field.context_request_id(),
        "time": field.context_request_time(),
        "method": field.context_http_method(),
        "route": field.context_resource_path(),
        "status": field.context_status(),
        "milliseconds": field.context_response_latency(),
    }
    return apigateway.AccessLogFormat.custom(json.dumps(known))
