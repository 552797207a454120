"""State `Fail`, and the end of executions that were stopped: fails a job for a reason."""

from imgopt.storage.executions import parse_name
from imgopt.telemetry import State, observe_stage
from imgopt.workflow import failing


@observe_stage
def handler(state: State) -> None:
    """Of an execution that was stopped only the name is known."""
    job_id, attempt = parse_name(state["job_id"])
    error, known = state["error"], {"attempt": state.get("attempt", attempt), "owner": state.get("owner")}
    failing.fail(job_id, error["Error"], error["Cause"], **known)
