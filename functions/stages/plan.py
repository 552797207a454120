"""State `Plan`: takes a job up and says what is to be done."""

from imgopt.pipeline import stages
from imgopt.telemetry import State, observe_stage


@observe_stage
def handler(state: State) -> stages.Plan:
    return stages.plan(state["job_id"], state.get("attempt", 1))
