"""An alarm as data: what it watches, when that is wrong, and what silence means."""

from dataclasses import dataclass
from enum import Enum, StrEnum

from aws_cdk import aws_cloudwatch as cloudwatch


class AlarmName(StrEnum):
    """The last two are there where there are GPUs, and where a budget is named."""

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
    """What it means where nothing was measured."""

    IS_FINE = "all is well"
    IS_WRONG = "it is wrong, too"

    @property
    def taken_for(self) -> cloudwatch.TreatMissingData:
        missing = cloudwatch.TreatMissingData
        return missing.NOT_BREACHING if self is Silence.IS_FINE else missing.BREACHING


@dataclass(frozen=True)
class AlarmRule:
    """Wrong where `metric` is more than `most` for so many of its periods. The mail has `means`.

    `why` is the reason for what silence is taken for.
    """

    name: AlarmName
    means: str
    metric: cloudwatch.IMetric
    most: float
    silence: Silence
    why: str
    periods: int = 1
