"""State `Fail`, and the end of executions that were stopped: fails a job for a reason."""

from imgopt.pipeline import stages
from imgopt.telemetry import State, observe_stage


@observe_stage
def handler(state: State) -> None:
    stages.fail(state["job_id"], state["error"]["Error"], state["error"]["Cause"])
