"""The definitions of the two state machines: one source of states, and what each machine has of its own beside it.

optimize.asl.json has all states. machines.json says, by the kind of machine, which of them it does without and what the
values are that the states name: time limits and retry policies. `python -m cdk.definition EXPRESS` prints one, for
programs that read Amazon States Language. ARNs are still to be substituted.
"""

import json
import re
import sys
from enum import StrEnum
from typing import Any

from cdk.paths import STATE_MACHINE

STATES_FILE, MACHINES_FILE = STATE_MACHINE / "optimize.asl.json", STATE_MACHINE / "machines.json"


class MachineKind(StrEnum):
    """As Step Functions calls them."""

    STANDARD = "STANDARD"
    EXPRESS = "EXPRESS"


def definition(kind: MachineKind) -> str:
    """With the value of that kind wherever a state says `"${NAME}"`, and without the states that it does without."""
    machine, text = json.loads(MACHINES_FILE.read_text())[kind], STATES_FILE.read_text()
    for name, value in machine["Values"].items():
        text = text.replace(f'"${{{name}}}"', json.dumps(value))
    return json.dumps(_leave_out(json.loads(text), machine["Without"]), indent=2)


def functions_of_states() -> tuple[str, ...]:
    """The names of all functions that states invoke."""
    return tuple(dict.fromkeys(re.findall(r"\$\{(\w+)FunctionArn\}", STATES_FILE.read_text())))


def _leave_out(states: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """With nothing that leads there."""
    kept = {name: state for name, state in states["States"].items() if name not in names}
    for state in kept.values():
        if state["Type"] == "Choice":
            state["Choices"] = [choice for choice in state["Choices"] if choice["Next"] in kept]
    return {**states, "States": kept}


if __name__ == "__main__":
    print(definition(MachineKind(sys.argv[1])))  # noqa: T201
