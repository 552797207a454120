"""State `Fail`, and the end of executions that were stopped: fails a job for a reason."""

from imgopt.storage.executions import holder_of, parse_name
from imgopt.telemetry import State, observe_stage
from imgopt.workflow import failing


@observe_stage
def handler(state: State) -> None:
    """Of an execution that was stopped only the name is known."""
    job_id, number = parse_name(state["job_id"])
    holder = holder_of(state.get("execution", ""))
    attempt = failing.JobAttempt(state.get("attempt", number), holder, state.get("owner"))
    failing.fail(job_id, state["error"]["Error"], state["error"]["Cause"], attempt)
