"""Alarms as data: metric, threshold, and the meaning of missing values."""

from dataclasses import dataclass
from enum import Enum

from aws_cdk import aws_cloudwatch as cloudwatch

from cdk.monitoring.names import AlarmName


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
