"""State `Finish`: completes a job after checking that its file is in S3."""

from imgopt.imaging.artifact import Artifact
from imgopt.telemetry import State, observe_stage
from imgopt.workflow import stages
from imgopt.workflow.state import Plan, Tagging, read


@observe_stage
def handler(state: State) -> None:
    made = state["made"]
    stages.finish(read(Plan, state), read(Artifact, made["pixels"]), read(Tagging, made["said"]))
