"""The dashboard: alarms, jobs, answers of the API, their duration, and external services."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cdk.monitoring.metrics import cloudwatch_metric, of_api, of_machines, of_stages, own, waiting_in
from cdk.monitoring.watched import WatchedResources
from imgopt.metrics import Metric

# The width of a graph, of 24 columns.
FULL_WIDTH, HALF_WIDTH = 24, 12


def dashboard(scope: Construct, watched: WatchedResources, alarms: Sequence[cloudwatch.IAlarm]) -> cloudwatch.Dashboard:
    page = cloudwatch.Dashboard(scope, "Dashboard", dashboard_name=scope.node.id)
    page.add_widgets(cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=FULL_WIDTH))
    for row in (_jobs(watched.service), _stages(watched), _answers(watched), _use(watched), _others(watched)):
        page.add_widgets(*row)
    return page


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric], **more: Any) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=HALF_WIDTH, **more)


def _jobs(service: str) -> tuple[cloudwatch.IWidget, ...]:
    ends = (Metric.JOBS_COMPLETED, Metric.JOBS_REFUSED, Metric.JOBS_FAILED)
    return (
        _graph("Jobs that ended", [own(each, service) for each in ends], stacked=True),
        _graph("Age of the oldest unfinished job, s", [own(Metric.OLDEST_JOB_SECONDS, service, statistic="Maximum")]),
    )


def _stages(watched: WatchedResources) -> tuple[cloudwatch.IWidget, ...]:
    machines = {f"machine{number}": arn for number, arn in enumerate(watched.machines)}
    states = ("ExecutionsStarted", "ExecutionsFailed", "ExecutionsTimedOut")
    return (
        _graph("Time of stages, p95, s", [*of_stages(Metric.STAGE_SECONDS, watched.service, statistic="p95").values()]),
        _graph("Executions", [each for name in states for each in of_machines(name, machines).values()]),
    )


def _answers(watched: WatchedResources) -> tuple[cloudwatch.IWidget, ...]:
    took = [watched.api_function.metric_duration(statistic=each) for each in ("p50", "p95")]
    counted = [of_api(name, watched.api_name) for name in ("Count", "4XXError", "5XXError")]
    return _graph("Answers", counted), _graph("Time of answers, without streams, ms", took)


def _use(watched: WatchedResources) -> tuple[cloudwatch.IWidget, ...]:
    functions = [
        cloudwatch_metric("AWS/Lambda", "ConcurrentExecutions", {}, statistic="Maximum"),
        cloudwatch_metric("AWS/Lambda", "Throttles", {}),
    ]
    units: Mapping[str, str] = {"TableName": watched.table.table_name}
    table = [cloudwatch_metric("AWS/DynamoDB", f"Consumed{kind}CapacityUnits", units) for kind in ("Read", "Write")]
    return _graph("Functions of the account at once", functions), _graph("Units of the table", table)


def _others(watched: WatchedResources) -> tuple[cloudwatch.IWidget, ...]:
    queues = [waiting_in(each) for each in (watched.callbacks, watched.dead_letters, watched.failed_runs)]
    callbacks = (Metric.CALLBACKS_DELIVERED, Metric.CALLBACKS_FAILED)
    stripe = (Metric.STRIPE_EVENTS_TAKEN, Metric.STRIPE_EVENTS_REFUSED, Metric.STRIPE_EVENTS_FAILED)
    return (
        _graph("Messages that wait", queues),
        _graph(
            "Callbacks, and what is paid",
            [own(each, watched.service) for each in (*callbacks, *stripe, Metric.PAYMENTS_UNCLEAR)],
        ),
    )
