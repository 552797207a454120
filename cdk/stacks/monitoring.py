"""Who is told when something is wrong: alarms that write to an e-mail address, where the context names one."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from cdk.constructs.acknowledge import acknowledge
from cdk.constructs.rest_api import API_STAGE
from cdk.stacks.api import ApiStack
from cdk.stacks.pipeline import PipelineStack
from cdk.stacks.schedules import SchedulesStack
from imgopt.metrics import NAMESPACE, SERVICE, STAGE_DIMENSION, Metric

FIVE_MINUTES = cdk.Duration.minutes(5)
WATCHED_STAGES = ("plan", "optimize", "tag", "finish", "fail", "upscale")


@dataclass(frozen=True)
class AlarmRule:
    """Wrong where it is more than `most` in five minutes. `description` is what the mail says."""

    name: str
    description: str
    metric: cloudwatch.IMetric
    most: int


class MonitoringStack(cdk.Stack):
    def __init__(
        self, scope: Construct, name: str, *, email: str, stacks: tuple[PipelineStack, ApiStack, SchedulesStack]
    ) -> None:
        super().__init__(scope, name, stack_name=name, description="Image optimization: alarms")
        topic = self._topic(email)
        for each in watched(*stacks):
            self._alarm(each).add_alarm_action(actions.SnsAction(topic))

    def _topic(self, email: str) -> sns.Topic:
        topic = sns.Topic(self, "Alarms", enforce_ssl=True)
        topic.add_subscription(subscriptions.EmailSubscription(email))
        topic.grant_publish(iam.ServicePrincipal("cloudwatch.amazonaws.com"))
        acknowledge(
            topic, "SNS2", "CloudWatch can't write to a topic under AWS's own key; alarms tell nothing private."
        )
        return topic

    def _alarm(self, watched: AlarmRule) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            self,
            watched.name,
            alarm_description=watched.description,
            metric=watched.metric,
            threshold=watched.most,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )


def watched(pipeline: PipelineStack, api: ApiStack, schedules: SchedulesStack) -> list[AlarmRule]:
    gateway = {"ApiName": api.api.rest_api_name, "Stage": API_STAGE}
    machine = {"StateMachineArn": pipeline.state_machine_arn}
    failures = {
        each: metric(NAMESPACE, Metric.STAGE_FAILURES, {STAGE_DIMENSION: each, "service": SERVICE})
        for each in WATCHED_STAGES
    }
    messages = "ApproximateNumberOfMessagesVisible"
    return [
        AlarmRule("DeadLetters", "Messages were given up", pipeline.dead_letters.metric(messages), 0),
        AlarmRule("FailedRuns", "A schedule's run failed", schedules.failed_runs.metric(messages), 0),
        AlarmRule("Errors", "The API answers 5XX", metric("AWS/ApiGateway", "5XXError", gateway), 5),
        AlarmRule("Refusals", "The API refuses very much", metric("AWS/ApiGateway", "4XXError", gateway), 1000),
        AlarmRule("Throttles", "Functions are over the account's limit", metric("AWS/Lambda", "Throttles", {}), 20),
        AlarmRule("TimedOut", "Jobs took too long", metric("AWS/States", "ExecutionsTimedOut", machine), 0),
        AlarmRule("StageFailures", "Stages failed unexpectedly", sum_of(failures), 0),
    ]


def metric(namespace: str, name: str, dimensions: dict[str, str]) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace, metric_name=name, dimensions_map=dimensions, statistic="Sum", period=FIVE_MINUTES
    )


def sum_of(metrics: dict[str, cloudwatch.Metric]) -> cloudwatch.MathExpression:
    """Where nothing is measured, nothing has failed."""
    expression = " + ".join(f"FILL({name}, 0)" for name in metrics)
    return cloudwatch.MathExpression(expression=expression, using_metrics=dict(metrics), period=FIVE_MINUTES)
