"""State `Plan`: starts a job and decides which stages it needs."""

from imgopt.telemetry import State, observe_stage
from imgopt.workflow import stages
from imgopt.workflow.state import write


@observe_stage
def handler(state: State) -> State:
    planned = stages.plan(state["job_id"], state.get("attempt", 1), state.get("execution", ""))
    return write(planned) if planned else {"taken": True}
