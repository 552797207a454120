"""A Python Lambda function. Without further grants, it may only write its log and traces."""

from collections.abc import Sequence
from pathlib import Path
from typing import NotRequired, TypedDict, Unpack

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.concurrency import reserved_of
from cdk.constructs.acknowledge import acknowledge
from cdk.constructs.canary import alias_of
from cdk.constructs.open_telemetry import add_open_telemetry
from cdk.context import is_on, service_of

RUNTIME = lambda_.Runtime.PYTHON_3_13
FUNCTION_ARCHITECTURE = lambda_.Architecture.ARM_64
# The read timeout of calls to AWS, short enough for a retry before the function's timeout.
SILENCE, LONGEST_SILENCE = 0.2, 30
TRACING_ACTIONS = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")


class Properties(TypedDict):
    """The properties of a function. `handler` is a dotted path in `code`, `memory` is in MB, `seconds` the timeout."""

    code: Path
    handler: str
    layers: Sequence[lambda_.ILayerVersion]
    memory: int
    seconds: int
    environment: dict[str, str]
    dead_letters: NotRequired[sqs.IQueue | None]


class Function(Construct):
    def __init__(self, scope: Construct, name: str, **properties: Unpack[Properties]) -> None:
        super().__init__(scope, name)
        self.log_group_name = f"/imgopt/{cdk.Stack.of(self).stack_name}/{name}"
        self.log_group = self._log_group()
        self.role = self._role()
        self.lambda_function = self._function(name, properties)
        self.alias = alias_of(self.lambda_function, self, name)
        add_open_telemetry(self.lambda_function, properties["handler"])
        reason = "The layers hold wheels for Python 3.13, which is what the tests run on."
        acknowledge(self.lambda_function, "L1", reason)

    @property
    def called(self) -> lambda_.IFunction:
        """The function or alias that others invoke. With canary deployments it is an alias."""
        return self.alias or self.lambda_function

    @property
    def arn(self) -> str:
        return self.called.function_arn

    def allow(self, actions: Sequence[str], *resources: str) -> None:
        self.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))

    def _log_group(self) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "Log",
            log_group_name=self.log_group_name,
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )

    def _function(self, name: str, properties: Properties) -> lambda_.Function:
        return lambda_.Function(
            self,
            "Function",
            runtime=RUNTIME,
            architecture=FUNCTION_ARCHITECTURE,
            code=lambda_.Code.from_asset(str(properties["code"])),
            handler=properties["handler"],
            layers=list(properties["layers"]),
            memory_size=properties["memory"],
            timeout=cdk.Duration.seconds(properties["seconds"]),
            environment=self._environment(properties),
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
            system_log_level_v2=_level_of_the_platform(self),
            role=self.role,
            tracing=lambda_.Tracing.ACTIVE,
            dead_letter_queue=properties.get("dead_letters"),
            reserved_concurrent_executions=reserved_of(self, name),
        )

    def _role(self) -> iam.Role:
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        write_log = iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[self.log_group.log_group_arn]
        )
        role.add_to_policy(write_log)
        role.add_to_policy(iam.PolicyStatement(actions=list(TRACING_ACTIONS), resources=["*"]))
        acknowledge(role, "IAM5[Resource::*]", "X-Ray's write actions can't be restricted to a resource.")
        return role

    def _environment(self, properties: Properties) -> dict[str, str]:
        return {
            "IMGOPT_AWS_READ_SECONDS": f"{min(LONGEST_SILENCE, properties['seconds'] * SILENCE):.0f}",
            **properties["environment"],
            "POWERTOOLS_SERVICE_NAME": service_of(self),
            "POWERTOOLS_LOG_LEVEL": "INFO",
        }


def _level_of_the_platform(scope: Construct) -> lambda_.SystemLogLevel:
    """The log level of Lambda's own lines: each call has three of them, longer than the service's lines."""
    wanted = is_on(scope, "platform_logs", default=False)
    return lambda_.SystemLogLevel.INFO if wanted else lambda_.SystemLogLevel.WARN
