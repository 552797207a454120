"""The names of alarms, and of stages in metrics."""

from enum import StrEnum

# The stages, which are a dimension of metrics.
STAGES = ("plan", "upscale", "optimize", "tag", "finish", "fail")


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
