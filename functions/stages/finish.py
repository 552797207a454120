"""State `Finish`: completes a job whose file S3 confirms."""

from imgopt.telemetry import State, observe_stage
from imgopt.workflow import stages


@observe_stage
def handler(state: State) -> None:
    stages.finish(state, state["made"]["pixels"], state["made"]["said"])
