"""State `Tag`: generates alt text, keywords and a file name from the upload."""

import imgopt.sandbox.early_start
import imgopt.tagging.early_start  # noqa: F401 - both begin something
from imgopt.telemetry import State, observe_stage
from imgopt.workflow import stages
from imgopt.workflow.state import Plan, read, write


@observe_stage
def handler(state: State) -> State:
    return write(stages.make_tags(read(Plan, state)), exclude_none=True)
