"""The HTTP API: API Gateway in front of the FastAPI application."""

from urllib.parse import urlsplit

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from cdk.assets import domain_layer, function_code
from cdk.constructs.acknowledge import acknowledge_objects
from cdk.constructs.canary import shift_routes
from cdk.constructs.function import Function
from cdk.constructs.gateway_responses import add_gateway_responses
from cdk.constructs.layers import layer, payments_layers
from cdk.constructs.mcp import allow_mcp, mcp_function
from cdk.constructs.permissions import allow_deleting, allow_executions, allow_listing, allow_objects, allow_secret
from cdk.constructs.privileged import (
    BILLING_PATHS,
    INTERNAL_PATHS,
    allow_billing,
    allow_internal,
    privileged_function,
)
from cdk.constructs.rest_api import API_STAGE, rest_api
from cdk.constructs.storage import Storage
from cdk.constructs.streaming import allow_streaming, route_streams, streaming_function
from cdk.constructs.variants import allow_variants, variants_function
from cdk.context import settings_of
from cdk.edge.headers import ADDRESS_HEADER
from cdk.edge.secret import origin_secret
from cdk.edge_options import edge_domain_of, has_edge
from cdk.layers import build_layer
from cdk.stacks.auth import AuthStack
from cdk.stacks.pipeline import PipelineStack

MEMORY_MB = 1024
# API Gateway aborts after 29 seconds. Lambda's requests and answers have at most 6 MB, which is 4.5 MB before base64.
GATEWAY_SECONDS = 29
PAYLOAD_BYTES = 4_400_000
# Times in seconds, which have to be shorter than API Gateway's timeout.
GATHERED_SECONDS = 25
# Seconds that the state machine takes besides the work on pixels, if its functions are warm.
POLL_AFTER = "1"
# A pattern for complete ids: in IAM each ? matches one character.
AN_ID = "?" * 36


class ApiStack(cdk.Stack):
    def __init__(
        self, scope: Construct, name: str, *, storage: Storage, pipeline: PipelineStack, auth: AuthStack | None
    ) -> None:
        super().__init__(scope, name, stack_name=name, description="Image optimization: HTTP API")
        self.storage, self.pipeline = storage, pipeline
        self.layers = [
            layer(self, "DomainLayer", domain_layer()),
            layer(self, "ImagingLayer", build_layer("imaging")),
            layer(self, "WebLayer", build_layer("web")),
        ]
        self.origin_secret = origin_secret(self) if has_edge(self) else None
        self.variables = {"IMGOPT_POLL_AFTER": POLL_AFTER, **pipeline.environment_variables, **self._edge_variables()}
        self.images, self.streaming = self._images(), self._streaming()
        self.api = rest_api(self, self.images.called)
        route_streams(self.api, self.streaming)
        self.mcp, self.variants = self._route_mcp(), self._route_variants()
        self.privileged = self._route_privileged()
        for function in self._functions():
            allow_secret(function, "IMGOPT_ORIGIN_SECRET_ARN")
            if self.origin_secret:
                function.allow(["secretsmanager:GetSecretValue"], self.origin_secret.secret_arn)
        add_gateway_responses(self.api)
        if auth:
            self._sign_in(auth)
        self._shift_calls()
        self.address = cdk.CfnOutput(self, "ApiUrl", value=self.api.url)
        cdk.CfnOutput(self, "ImagesFunctionName", value=self.images.lambda_function.function_name)

    def _functions(self) -> tuple[Function, ...]:
        return (self.images, self.streaming, self.mcp, self.variants, *self.privileged)

    def _edge_variables(self) -> dict[str, str]:
        """The variables about CloudFront in front of the application."""
        if self.origin_secret is None:
            return {}
        domain = edge_domain_of(self)
        return {
            "IMGOPT_ORIGIN_SECRET_ARN": self.origin_secret.secret_arn,
            "IMGOPT_CLIENT_ADDRESS_HEADER": ADDRESS_HEADER,
            **({"IMGOPT_RESULTS_URL": f"https://{domain}"} if domain else {}),
        }

    def _images(self) -> Function:
        function = Function(
            self,
            "Images",
            code=function_code("api"),
            handler="functions.api.gateway.handler",
            layers=[*self.layers, *payments_layers(self)],
            memory=MEMORY_MB,
            seconds=GATEWAY_SECONDS,
            environment={
                **self.variables,
                "IMGOPT_MAX_MULTIPART_BYTES": str(PAYLOAD_BYTES),
                "IMGOPT_INLINE_DOWNLOAD_BYTES": str(PAYLOAD_BYTES),
                "IMGOPT_STREAM_SECONDS": str(GATHERED_SECONDS),
                "IMGOPT_TINYPNG_SECONDS": str(GATHERED_SECONDS),
            },
        )
        self._allow_table(function)
        self._allow_uploads(function)
        function.allow(["states:StartExecution"], *self.pipeline.machine_arns)
        self._allow_deleting(function)
        function.allow(["secretsmanager:GetSecretValue"], self.pipeline.signing_secret.secret_arn)
        allow_secret(function, "IMGOPT_OIDC_CLIENT_SECRET_ARN")
        self._read_results(function)
        return function

    def _allow_table(self, function: Function) -> None:
        actions = ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "BatchWriteItem")
        function.allow([f"dynamodb:{action}" for action in actions], self.storage.table.table_arn)
        function.allow(["dynamodb:Query"], self.storage.owned_arn)

    def _allow_uploads(self, function: Function) -> None:
        """Allows presigned uploads to `incoming/`, which are checked before they become uploads, and their download."""
        uploads = self.storage.uploads
        for pattern, actions in (
            ("uploads/*", ("GetObject", "PutObject", "DeleteObject", "AbortMultipartUpload")),
            ("incoming/*", ("GetObject", "PutObject", "DeleteObject")),
        ):
            function.allow([f"s3:{action}" for action in actions], uploads.arn_for_objects(pattern))
            acknowledge_objects(function.role, uploads, pattern)

    def _allow_deleting(self, function: Function) -> None:
        """Allows deleting a job: its files, which are found by its id, and its running execution."""
        allow_listing(function, self.storage.uploads, f"uploads/{AN_ID}*")
        allow_listing(function, self.storage.results, f"results/{AN_ID}*", f"intermediate/{AN_ID}*")
        allow_deleting(function, self.storage.results, "results/*", "intermediate/*")
        allow_executions(function, self.pipeline.state_machine, "StopExecution")

    def _streaming(self) -> Function:
        environment = {**self.variables, **self._mapped_path()}
        trusted = settings_of(self).get("IMGOPT_TRUSTED_PROXIES", "")
        function = streaming_function(self, self.layers, environment, trusted)
        allow_streaming(function, self.storage, self.pipeline.signing_secret)
        return function

    def _route_mcp(self) -> Function:
        """Routes `/mcp` to its function. Paths below it, device logins, are routed to the API's function."""
        layers = [*self.layers, layer(self, "McpLayer", build_layer("mcp"))]
        function = mcp_function(self, layers, self.variables)
        allow_mcp(function, self.storage, self.pipeline.machine_arns, self.pipeline.signing_secret)
        resource = self.api.root.add_resource("mcp")
        resource.add_method("ANY", apigateway.LambdaIntegration(function.called))
        resource.add_resource("{proxy+}").add_method("ANY")
        return function

    def _route_variants(self) -> Function:
        inline = {"IMGOPT_INLINE_DOWNLOAD_BYTES": str(PAYLOAD_BYTES)}
        function = variants_function(self, self.layers, {**self.variables, **inline})
        allow_variants(function, self.storage, self.pipeline.machine_arns, self.pipeline.signing_secret)
        images = self.api.root.add_resource("img").add_resource("{proxy+}")
        images.add_method("ANY", apigateway.LambdaIntegration(function.called))
        return function

    def _mapped_path(self) -> dict[str, str]:
        """The path of a custom domain's mapping, which the adapter removes from paths."""
        above = urlsplit(settings_of(self).get("IMGOPT_PUBLIC_URL", "")).path.rstrip("/")
        return {"AWS_LWA_REMOVE_BASE_PATH": above} if above else {}

    def _read_results(self, function: Function) -> None:
        allow_objects(function, self.storage.results, "s3:GetObject", "results/*")

    def _sign_in(self, auth: AuthStack) -> None:
        """Sign-in with the user pool. Its client is in this stack, because it contains the API's URL."""
        address = f"https://{self.api.rest_api_id}.execute-api.{self.region}.{self.url_suffix}/{API_STAGE}"
        client = auth.add_client(self, settings_of(self).get("IMGOPT_PUBLIC_URL") or address)
        websites = auth.add_client_of_websites(self)
        clients = [each.user_pool_client_id for each in (client, websites) if each]
        for function in (each for each in self._functions() if each is not self.variants):
            function.lambda_function.add_environment("IMGOPT_OIDC_ISSUER", auth.issuer)
            function.lambda_function.add_environment("IMGOPT_OIDC_AUDIENCE", ",".join(clients))
        cdk.CfnOutput(self, "UserPoolClientId", value=client.user_pool_client_id)
        if websites:
            cdk.CfnOutput(self, "WebsitesClientId", value=websites.user_pool_client_id)

    def _shift_calls(self) -> None:
        aliases = {each.node.id: each.alias for each in self._functions() if each.alias}
        shift_routes(self, aliases, {"ApiName": self.api.rest_api_name, "Stage": API_STAGE})

    def _internal(self) -> Function:
        function = privileged_function(self, "Internal", self.layers, self.variables)
        allow_internal(function, self.storage, self.pipeline.state_machine, self.pipeline.machine_arns)
        return function

    def _billing(self) -> Function:
        function = privileged_function(self, "Billing", self.layers, self.variables)
        allow_billing(function, self.storage, self.pipeline.signing_secret)
        return function

    def _route_privileged(self) -> tuple[Function, Function]:
        internal, billing = self._internal(), self._billing()
        for function, paths in ((internal, INTERNAL_PATHS), (billing, BILLING_PATHS)):
            integration = apigateway.LambdaIntegration(function.called)
            for path in paths:
                resource = self.api.root
                for part in path.split("/"):
                    resource = resource.add_resource(part)
                resource.add_method("ANY", integration)
        return internal, billing
