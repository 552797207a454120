"""State `Upscale`: makes a larger picture of an upload, by networks small enough for a CPU."""

from imgopt.imaging.upscaled import Upscaled
from imgopt.telemetry import State, observe_stage
from imgopt.workflow import upscaling


@observe_stage
def handler(state: State) -> Upscaled:
    return upscaling.carry_out(state)
