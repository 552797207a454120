"""The metrics that this service writes to CloudWatch. Alarms and docs/operations.md have them from here."""

from enum import StrEnum

NAMESPACE, SERVICE = "Imgopt", "imgopt"
# What tells one stage's values from another's, beside the service.
STAGE_DIMENSION = "stage"


class Metric(StrEnum):
    """Each is written once for each time that a stage runs to that end."""

    STAGE_SECONDS = "StageSeconds"
    STAGE_REFUSALS = "StageRefusals"
    STAGE_FAILURES = "StageFailures"
