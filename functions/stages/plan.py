"""State `Plan`: takes a job up and says what is to be done."""

from imgopt.telemetry import State, observe_stage
from imgopt.workflow import stages


@observe_stage
def handler(state: State) -> stages.Plan:
    return stages.plan(state["job_id"], state.get("attempt", 1))
