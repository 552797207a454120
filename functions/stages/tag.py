"""State `Tag`: says what is to be seen in the upload."""

from imgopt.telemetry import State, observe_stage
from imgopt.workflow import stages


@observe_stage
def handler(state: State) -> stages.Said:
    return stages.say_words(state)
