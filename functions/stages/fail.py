"""State `Fail`: fails a job with a reason. It is also called for executions that were stopped."""

from imgopt.storage.executions import holder_of, parse_name
from imgopt.telemetry import State, observe_stage
from imgopt.workflow import failing


@observe_stage
def handler(state: State) -> None:
    """Fails the job of a state, or of a stopped execution, of which only the name is known."""
    job_id, number = parse_name(state["job_id"])
    holder = holder_of(state.get("execution", ""))
    attempt = failing.JobAttempt(state.get("attempt", number), holder, state.get("owner"))
    failing.fail(job_id, state["error"]["Error"], state["error"]["Cause"], attempt)
