"""The metrics that this service writes to CloudWatch. Alarms, dashboard and docs/operations.md have them from here."""

import os
from enum import StrEnum

NAMESPACE = "Imgopt"
# Of which installation a value is: there may be two in an account. All values have it as a dimension.
SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "imgopt")
SERVICE_DIMENSION = "service"
# What tells one stage's values from another's, beside the service.
STAGE_DIMENSION = "stage"


class Metric(StrEnum):
    """Those whose names end in seconds are in seconds, all others are counts.

    Those of stages are written once for each time that a stage runs to that end, those of jobs, callbacks, events and
    payments once for each of these.
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
