"""Canary deployments: new versions of functions get a tenth of the calls for the minutes of context `canary_minutes`.

CodeDeploy shifts an alias, and shifts it back if an alarm is raised. CloudFormation then rolls back the deployment.
Functions of schedules and queues are not shifted, because a tenth of one run a minute shows nothing.
"""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk.canary_options import SHIFTED_ROUTES, SHIFTED_STAGES, canary_minutes_of
from cdk.constructs.acknowledge import acknowledge
from cdk.context import service_of
from imgopt.metrics import NAMESPACE, SERVICE_DIMENSION, STAGE_DIMENSION, Metric

FIRST_PERCENT = 10
# The share of failed calls. A version whose calls all fail makes a tenth of them fail.
MOST_FAILED = 0.05
# The number of consecutive periods, because metrics of a stage arrive later than those of its calls.
JUDGED_MINUTES = 2
MANAGED = "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]"
WHY_MANAGED = (
    "The managed policy is how CodeDeploy's role for functions is documented: it reads alarms and moves aliases."
)


def alias_of(function: lambda_.Function, scope: Construct, name: str) -> lambda_.Alias | None:
    """The alias by which a function is called; None without canaries."""
    if not canary_minutes_of(scope) or name not in (*SHIFTED_ROUTES, *SHIFTED_STAGES):
        return None
    return lambda_.Alias(scope, "Live", alias_name="live", version=function.current_version)


class Canary(Construct):
    """Shifts the aliases of a stack. Each is watched by its own alarms and by those of all."""

    def __init__(
        self,
        scope: Construct,
        *,
        aliases: Mapping[str, lambda_.Alias],
        alarms: Mapping[str, Sequence[cloudwatch.IAlarm]],
    ) -> None:
        super().__init__(scope, "Canary")
        application, role = codedeploy.LambdaApplication(self, "Application"), self._role()
        minutes = cdk.Duration.minutes(canary_minutes_of(scope))
        routing = codedeploy.TimeBasedCanaryTrafficRouting(interval=minutes, percentage=FIRST_PERCENT)
        config = codedeploy.LambdaDeploymentConfig(self, "Config", traffic_routing=routing)
        for name, alias in aliases.items():
            codedeploy.LambdaDeploymentGroup(
                self,
                name,
                application=application,
                alias=alias,
                deployment_config=config,
                role=role,
                alarms=list(alarms[name]),
            )

    def _role(self) -> iam.Role:
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"))
        acknowledge(role, MANAGED, WHY_MANAGED)
        return role


def shift_routes(stack: cdk.Stack, aliases: Mapping[str, lambda_.Alias], gateway: Mapping[str, str]) -> None:
    """Shifts the API's functions. Alarms watch errors of functions and 5XX answers. `gateway` has metric dimensions."""
    if not aliases:
        return
    share = per_minute("AWS/ApiGateway", "5XXError", gateway, "Average")
    refused = canary_alarm(stack, "ServerErrors", share, MOST_FAILED, "More than 5 % of answers are 5XX")
    alarms = {name: [crash_alarm(stack, name, alias), refused] for name, alias in aliases.items()}
    Canary(stack, aliases=aliases, alarms=alarms)


def shift_stages(stack: cdk.Stack, aliases: Mapping[str, lambda_.Alias]) -> None:
    """Shifts the stages. A stage that refuses a file also ends with an error, so refusals are subtracted."""
    if aliases:
        alarms = {name: [failure_alarm(stack, name, alias)] for name, alias in aliases.items()}
        Canary(stack, aliases=aliases, alarms=alarms)


def crash_alarm(stack: cdk.Stack, name: str, alias: lambda_.Alias) -> cloudwatch.Alarm:
    errors = alias.metric_errors(period=cdk.Duration.minutes(1))
    return canary_alarm(stack, f"{name}Crashes", errors, 0, f"{name} crashes")


def failure_alarm(stack: cdk.Stack, name: str, alias: lambda_.Alias) -> cloudwatch.Alarm:
    return canary_alarm(stack, f"{name}Failures", failed_share(name, alias), MOST_FAILED, f"{name} fails unexpectedly")


def failed_share(name: str, alias: lambda_.Alias) -> cloudwatch.MathExpression:
    minute = cdk.Duration.minutes(1)
    dimensions = {STAGE_DIMENSION: name.lower(), SERVICE_DIMENSION: service_of(alias)}
    return cloudwatch.MathExpression(
        expression="(errors - FILL(refusals, 0)) / calls",
        using_metrics={
            "errors": alias.metric_errors(period=minute),
            "refusals": per_minute(NAMESPACE, Metric.STAGE_REFUSALS, dimensions, "Sum"),
            "calls": alias.metric_invocations(period=minute),
        },
        period=minute,
        label=f"Unexpected failures of {name}",
    )


def per_minute(namespace: str, name: str, dimensions: Mapping[str, str], statistic: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map=dict(dimensions),
        statistic=statistic,
        period=cdk.Duration.minutes(1),
    )


def canary_alarm(
    stack: cdk.Stack, name: str, metric: cloudwatch.IMetric, most: float, description: str
) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        stack,
        f"Canary{name}",
        alarm_description=f"{description}: a new version that calls are being shifted to is taken back",
        metric=metric,
        threshold=most,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=JUDGED_MINUTES,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
