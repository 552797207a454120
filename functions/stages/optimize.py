"""State `Optimize`: makes the job's files from its upload, and stores them in S3."""

import imgopt.sandbox.early_start  # noqa: F401 - it begins something
from imgopt.telemetry import State, observe_stage
from imgopt.workflow import stages
from imgopt.workflow.state import Plan, read, write


@observe_stage
def handler(state: State) -> State:
    return write(stages.optimize_pixels(read(Plan, state)))
