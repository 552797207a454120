"""Alarms as data: metric, threshold, and the meaning of missing values."""

from dataclasses import dataclass
from enum import Enum, StrEnum

from aws_cdk import aws_cloudwatch as cloudwatch


class AlarmName(StrEnum):
    """The names of alarms. The last two exist only with GPUs, and with a budget."""

    FAILED_JOBS = "FailedJobs"
    OLDEST_JOB = "OldestJob"
    STAGE_FAILURES = "StageFailures"
    TIMED_OUT = "TimedOut"
    DEAD_LETTERS = "DeadLetters"
    FAILED_RUNS = "FailedRuns"
    THROTTLES = "Throttles"
    TABLE_THROTTLES = "TableThrottles"
    ERRORS = "Errors"
    SLOW_ANSWERS = "SlowAnswers"
    REFUSALS = "Refusals"
    CALLBACKS = "Callbacks"
    STRIPE_EVENTS = "StripeEvents"
    UNCLEAR_PAYMENTS = "UnclearPayments"
    IDLE_GPUS = "IdleGpus"
    SPEND = "Spend"


class Silence(Enum):
    """The meaning of missing values."""

    IS_FINE = "all is well"
    IS_WRONG = "it is wrong, too"

    @property
    def taken_for(self) -> cloudwatch.TreatMissingData:
        missing = cloudwatch.TreatMissingData
        return missing.NOT_BREACHING if self is Silence.IS_FINE else missing.BREACHING


@dataclass(frozen=True)
class AlarmRule:
    """An alarm. It is raised if `metric` is above `most` for a number of periods. The e-mail contains `means`.

    `why` is the reason for the treatment of missing values.
    """

    name: AlarmName
    means: str
    metric: cloudwatch.IMetric
    most: float
    silence: Silence
    why: str
    periods: int = 1
