"""The metrics that this service writes to CloudWatch. Alarms and the dashboard are derived from this list."""

import os
from enum import StrEnum

NAMESPACE = "Imgopt"
# The dimension of all values. It tells installations in the same account apart.
SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "imgopt")
SERVICE_DIMENSION = "service"
# The further dimension of stages' metrics.
STAGE_DIMENSION = "stage"


class Metric(StrEnum):
    """Metrics whose name ends in seconds are in seconds; all others are counts.

    Metrics of stages are written once for each run of a stage; those of jobs, callbacks, events and payments once for
    each of these.
    """

    STAGE_SECONDS = "StageSeconds"
    STAGE_REFUSALS = "StageRefusals"
    STAGE_FAILURES = "StageFailures"
    JOBS_COMPLETED = "JobsCompleted"
    JOBS_REFUSED = "JobsRefused"
    JOBS_FAILED = "JobsFailed"
    OLDEST_JOB_SECONDS = "OldestJobSeconds"
    CALLBACKS_DELIVERED = "CallbacksDelivered"
    CALLBACKS_FAILED = "CallbacksFailed"
    STRIPE_EVENTS_TAKEN = "StripeEventsTaken"
    STRIPE_EVENTS_REFUSED = "StripeEventsRefused"
    STRIPE_EVENTS_FAILED = "StripeEventsFailed"
    PAYMENTS_UNCLEAR = "PaymentsUnclear"

    @property
    def is_seconds(self) -> bool:
        return self.value.endswith("Seconds")
