"""CloudWatch metrics: the service's, written by `imgopt.metrics`, and those of AWS about its resources."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs

from cdk.constructs.rest_api import API_STAGE
from cdk.monitoring.names import STAGES
from imgopt.metrics import NAMESPACE, SERVICE_DIMENSION, STAGE_DIMENSION, Metric

FIVE_MINUTES, QUARTER, HOURLY = cdk.Duration.minutes(5), cdk.Duration.minutes(15), cdk.Duration.hours(1)
VISIBLE = "ApproximateNumberOfMessagesVisible"


def cloudwatch_metric(
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    *,
    statistic: str = "Sum",
    period: cdk.Duration = FIVE_MINUTES,
) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map=dict(dimensions),
        statistic=statistic,
        period=period,
    )


def own(
    metric: Metric, service: str, *, statistic: str = "Sum", period: cdk.Duration = FIVE_MINUTES
) -> cloudwatch.Metric:
    """A metric of the whole service, written by `imgopt.metrics`."""
    return cloudwatch_metric(NAMESPACE, metric, {SERVICE_DIMENSION: service}, statistic=statistic, period=period)


def of_stages(metric: Metric, service: str, *, statistic: str = "Sum") -> dict[str, cloudwatch.Metric]:
    """The metric of each stage, by the name of the stage."""
    known = {SERVICE_DIMENSION: service}
    return {
        stage: cloudwatch_metric(NAMESPACE, metric, {**known, STAGE_DIMENSION: stage}, statistic=statistic).with_(
            label=stage
        )
        for stage in STAGES
    }


def of_machines(name: str, machines: Mapping[str, str]) -> dict[str, cloudwatch.Metric]:
    """A metric of state machines, by key. `machines` are ARNs by key."""
    return {key: cloudwatch_metric("AWS/States", name, {"StateMachineArn": arn}) for key, arn in machines.items()}


def of_api(name: str, api_name: str) -> cloudwatch.Metric:
    return cloudwatch_metric("AWS/ApiGateway", name, {"ApiName": api_name, "Stage": API_STAGE})


def waiting_in(queue: sqs.IQueue, *, period: cdk.Duration = FIVE_MINUTES) -> cloudwatch.Metric:
    return queue.metric(VISIBLE, statistic="Maximum", period=period)


def formula(
    expression: str, metrics: Mapping[str, cloudwatch.IMetric], *, period: cdk.Duration = FIVE_MINUTES, label: str
) -> cloudwatch.MathExpression:
    return cloudwatch.MathExpression(expression=expression, using_metrics=dict(metrics), period=period, label=label)


def sum_of(metrics: Mapping[str, cloudwatch.IMetric], *, label: str) -> cloudwatch.MathExpression:
    """The sum of metrics. Missing values count as 0."""
    return formula(" + ".join(f"FILL({name}, 0)" for name in metrics), metrics, label=label)
