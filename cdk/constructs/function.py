"""A Python Lambda function that may do nothing but write its own log and traces, until it is granted more."""

from collections.abc import Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk.concurrency import reserved_of
from cdk.constructs.acknowledge import acknowledge

RUNTIME = lambda_.Runtime.PYTHON_3_13
ARCHITECTURE = lambda_.Architecture.ARM_64
# Silence of AWS is waited for so long, so that it can be asked again before a function is stopped.
SILENCE, LONGEST_SILENCE = 0.2, 30
TRACING_ACTIONS = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")


class Function(Construct):
    """`handler` is a dotted path in `code`; `memory` in MB, `seconds` the time limit."""

    def __init__(  # noqa: PLR0913 - a function has this many properties
        self,
        scope: Construct,
        name: str,
        *,
        code: Path,
        handler: str,
        layers: Sequence[lambda_.ILayerVersion],
        memory: int,
        seconds: int,
        environment: dict[str, str],
        dead_letters: cdk.aws_sqs.IQueue | None = None,
    ) -> None:
        super().__init__(scope, name)
        self.log_group = logs.LogGroup(
            self, "Log", retention=logs.RetentionDays.ONE_MONTH, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        self.role = self._role()
        self.lambda_function = lambda_.Function(
            self,
            "Function",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            code=lambda_.Code.from_asset(str(code)),
            handler=handler,
            layers=list(layers),
            memory_size=memory,
            timeout=cdk.Duration.seconds(seconds),
            environment={
                "IMGOPT_AWS_READ_SECONDS": f"{min(LONGEST_SILENCE, seconds * SILENCE):.0f}",
                **environment,
                "POWERTOOLS_SERVICE_NAME": "imgopt",
                "POWERTOOLS_LOG_LEVEL": "INFO",
            },
            log_group=self.log_group,
            role=self.role,
            tracing=lambda_.Tracing.ACTIVE,
            dead_letter_queue=dead_letters,
            reserved_concurrent_executions=reserved_of(self, name),
        )
        acknowledge(
            self.lambda_function, "L1", "The layers hold wheels for Python 3.13, which is what the tests run on."
        )

    @property
    def arn(self) -> str:
        return self.lambda_function.function_arn

    def allow(self, actions: Sequence[str], *resources: str) -> None:
        self.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))

    def _role(self) -> iam.Role:
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        write_log = iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[self.log_group.log_group_arn]
        )
        role.add_to_policy(write_log)
        role.add_to_policy(iam.PolicyStatement(actions=list(TRACING_ACTIONS), resources=["*"]))
        acknowledge(role, "IAM5[Resource::*]", "X-Ray's write actions can't be restricted to a resource.")
        return role
