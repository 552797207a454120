"""State `Optimize`: from the upload to a finished file in S3."""

from imgopt.telemetry import State, observe_stage
from imgopt.workflow import stages


@observe_stage
def handler(state: State) -> stages.Pixels:
    return stages.optimize_pixels(state)
