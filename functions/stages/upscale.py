"""State `Upscale`: enlarges an upload with networks that are small enough for a CPU."""

from imgopt.telemetry import State, observe_stage
from imgopt.workflow import upscaling
from imgopt.workflow.state import Plan, read, write


@observe_stage
def handler(state: State) -> State:
    return write(upscaling.upscale_job(read(Plan, state)))
