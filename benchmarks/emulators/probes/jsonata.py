"""JSONata in a state machine: variables that are assigned together, and the output of a Succeed state."""

from benchmarks.emulators.executions import make_machine, run
from benchmarks.emulators.server import Server

STATES = {
    "QueryLanguage": "JSONata",
    "StartAt": "Swap",
    "States": {
        "Swap": {"Type": "Pass", "Assign": {"a": 1, "b": 2}, "Next": "Back"},
        "Back": {"Type": "Pass", "Assign": {"a": "{% $b %}", "b": "{% $a %}"}, "Next": "Done"},
        "Done": {"Type": "Succeed", "Output": {"a": "{% $a %}", "b": "{% $b %}", "n": "{% $sum([1, 2, 3]) %}"}},
    },
}


def jsonata(server: Server) -> str:
    ended = run(server, make_machine(server, STATES), {})
    if ended.status != "SUCCEEDED":
        return f"no: {ended.status}"
    return "yes" if ended.output == {"a": 2, "b": 1, "n": 6} else f"wrong: {str(ended.output)[:40]}"
