"""Alarms about jobs: they fail, wait, or take too long, or GPUs run without jobs."""

from collections.abc import Iterator

import aws_cdk as cdk

from cdk.monitoring.alarm_rules import AlarmRule, Silence
from cdk.monitoring.metrics import QUARTER, cloudwatch_metric, formula, of_machines, of_stages, own, sum_of, waiting_in
from cdk.monitoring.names import AlarmName
from cdk.monitoring.watched import WatchedGpus, WatchedResources
from imgopt.metrics import Metric

MINUTELY = cdk.Duration.minutes(1)
# The number of jobs that have to fail before their share is considered.
LEAST_FAILED_JOBS, MOST_FAILED_PERCENT = 3, 5
# Seconds. Longer than an execution may take, and than jobs usually wait for other jobs of their owner.
OLDEST_SECONDS = 3600
# Minutes for the first instance to start, and for one to end.
SPARE_MINUTES = 20


def rules_of_jobs(watched: WatchedResources) -> Iterator[AlarmRule]:
    yield from _of_ends(watched.service)
    yield from _of_executions(watched)
    if watched.gpus:
        yield _of_gpus(watched.gpus)


def _of_ends(service: str) -> Iterator[AlarmRule]:
    ends = {
        "failed": own(Metric.JOBS_FAILED, service, period=QUARTER),
        "refused": own(Metric.JOBS_REFUSED, service, period=QUARTER),
        "completed": own(Metric.JOBS_COMPLETED, service, period=QUARTER),
    }
    every = " + ".join(f"FILL({name}, 0)" for name in ends)
    share = f"IF(FILL(failed, 0) >= {LEAST_FAILED_JOBS}, 100 * FILL(failed, 0) / ({every}), 0)"
    yield AlarmRule(
        AlarmName.FAILED_JOBS,
        f"More than {MOST_FAILED_PERCENT} % of the jobs of 15 minutes failed, and not because of their files",
        formula(share, ends, period=QUARTER, label="Failed jobs, %"),
        MOST_FAILED_PERCENT,
        Silence.IS_FINE,
        "If no job ends, none has failed. OldestJob watches jobs that never end.",
    )
    yield AlarmRule(
        AlarmName.OLDEST_JOB,
        "A job has waited for an hour, or the reconciliation does not run",
        own(Metric.OLDEST_JOB_SECONDS, service, statistic="Maximum"),
        OLDEST_SECONDS,
        Silence.IS_WRONG,
        "The value is written every minute, also without jobs. Without it, reconcile does not run.",
        periods=3,
    )


def _of_executions(watched: WatchedResources) -> Iterator[AlarmRule]:
    machines = {f"machine{number}": arn for number, arn in enumerate(watched.machines)}
    yield AlarmRule(
        AlarmName.STAGE_FAILURES,
        "Stages failed unexpectedly",
        sum_of(of_stages(Metric.STAGE_FAILURES, watched.service), label="Failures of stages"),
        0,
        Silence.IS_FINE,
        "A value is written only for a failure.",
    )
    yield AlarmRule(
        AlarmName.TIMED_OUT,
        "Executions took too long and were stopped",
        sum_of(of_machines("ExecutionsTimedOut", machines), label="Executions that timed out"),
        0,
        Silence.IS_FINE,
        "Step Functions writes values only for machines that run.",
    )


def _of_gpus(gpus: WatchedGpus) -> AlarmRule:
    """The alarm about GPU instances. An order that is being worked on counts as one."""
    counted = {
        "visible": waiting_in(gpus.orders, period=MINUTELY),
        "taken": gpus.orders.metric("ApproximateNumberOfMessagesNotVisible", statistic="Maximum", period=MINUTELY),
        "instances": cloudwatch_metric(
            "AWS/AutoScaling",
            "GroupInServiceInstances",
            {"AutoScalingGroupName": gpus.group.auto_scaling_group_name},
            statistic="Minimum",
            period=MINUTELY,
        ),
    }
    idle = "IF(FILL(visible, 0) + FILL(taken, 0) == 0, FILL(instances, 0), 0)"
    return AlarmRule(
        AlarmName.IDLE_GPUS,
        "GPU instances are running without orders to upscale",
        formula(idle, counted, period=MINUTELY, label="GPU instances without work"),
        0,
        Silence.IS_FINE,
        "A group without instances writes no value.",
        periods=gpus.keep_minutes + SPARE_MINUTES,
    )
