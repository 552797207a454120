"""The HTTP API: API Gateway in front of the FastAPI application."""

import json

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk.assets import domain_layer, function_code
from cdk.constructs.acknowledge import acknowledge, acknowledge_objects
from cdk.constructs.function import Function
from cdk.constructs.layers import layer
from cdk.layers import build_layer
from cdk.stacks.data import DataStack
from cdk.stacks.pipeline import PipelineStack

MEMORY_MB = 1024
# API Gateway gives up after 29 seconds; Lambda can't answer with more than 6 MB, a third less before base64.
SECONDS = 29
INLINE_DOWNLOAD_BYTES = 4_400_000
STAGE = "v1"
REQUESTS_PER_SECOND, BURST = 100, 200
NOT_AT_THE_GATEWAY = {
    "APIG2": "FastAPI validates every request, with messages that clients rely on.",
    "APIG4": "Guests need no credential; the application resolves and checks all others.",
    "COG4": "Guests need no credential; the application resolves and checks all others.",
    "APIG3": "A web ACL costs a monthly fee that not every installation wants to pay.",
}


class ApiStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str, *, data: DataStack, pipeline: PipelineStack) -> None:
        super().__init__(scope, name, description="Image optimization: HTTP API")
        self.data, self.pipeline = data, pipeline
        self.images = self._images()
        self.api = self._api()
        cdk.CfnOutput(self, "ApiUrl", value=self.api.url)
        cdk.CfnOutput(self, "ImagesFunctionName", value=self.images.lambda_function.function_name)

    def _images(self) -> Function:
        function = Function(
            self,
            "Images",
            code=function_code("api"),
            handler="functions.api.images.handler",
            layers=[
                layer(self, "DomainLayer", domain_layer()),
                layer(self, "ImagingLayer", build_layer("imaging")),
                layer(self, "WebLayer", build_layer("web")),
            ],
            memory=MEMORY_MB,
            seconds=SECONDS,
            environment={
                **self.pipeline.environment_variables,
                "IMGOPT_STATE_MACHINE_ARN": self.pipeline.state_machine.state_machine_arn,
                "IMGOPT_INLINE_DOWNLOAD_BYTES": str(INLINE_DOWNLOAD_BYTES),
            },
        )
        table, uploads, results = self.data.table, self.data.uploads, self.data.results
        table_actions = ("GetItem", "BatchGetItem", "PutItem", "UpdateItem")
        function.allow([f"dynamodb:{action}" for action in table_actions], table.table_arn)
        object_actions = ("PutObject", "DeleteObject", "AbortMultipartUpload")
        function.allow([f"s3:{action}" for action in object_actions], uploads.arn_for_objects("uploads/*"))
        function.allow(["s3:GetObject"], results.arn_for_objects("results/*"))
        function.allow(["states:StartExecution"], self.pipeline.state_machine.state_machine_arn)
        acknowledge_objects(function.role, uploads, "uploads/*")
        acknowledge_objects(function.role, results, "results/*")
        return function

    def _api(self) -> apigateway.LambdaRestApi:
        access_log = logs.LogGroup(
            self, "AccessLog", retention=logs.RetentionDays.ONE_MONTH, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        api = apigateway.LambdaRestApi(
            self,
            "Api",
            handler=self.images.lambda_function,
            binary_media_types=["*/*"],
            cloud_watch_role=True,
            cloud_watch_role_removal_policy=cdk.RemovalPolicy.DESTROY,
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            deploy_options=apigateway.StageOptions(
                stage_name=STAGE,
                access_log_destination=apigateway.LogGroupLogDestination(access_log),
                access_log_format=access_log_format(),
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                metrics_enabled=True,
                tracing_enabled=True,
                throttling_rate_limit=REQUESTS_PER_SECOND,
                throttling_burst_limit=BURST,
            ),
        )
        for rule, reason in NOT_AT_THE_GATEWAY.items():
            acknowledge(api, rule, reason)
        acknowledge(
            api,
            "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]",
            "The managed policy is how API Gateway's account-wide log role is documented.",
        )
        return api


def access_log_format() -> apigateway.AccessLogFormat:
    """No query strings and no addresses: some carry tokens, the others are personal."""
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
