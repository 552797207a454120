"""The duration of a state: a chain of ten Pass states, and one of three warm functions."""

import statistics
from typing import Any

from benchmarks.emulators.executions import make_machine, run
from benchmarks.emulators.functions import make_function
from benchmarks.emulators.server import Server

RUNS = 7


def pass_states(server: Server) -> str:
    return _milliseconds(server, [{"Type": "Pass"}] * 10)


def functions(server: Server) -> str:
    return _milliseconds(server, [{"Type": "Task", "Resource": make_function(server, "Chained")}] * 3)


def _milliseconds(server: Server, states: list[dict[str, Any]]) -> str:
    """The median of milliseconds from the start of an execution until its end is reported."""
    names = [f"S{number}" for number in range(len(states))]
    chained = {name: {**state, "Next": after} for name, state, after in zip(names, states, names[1:], strict=False)}
    definition = {"StartAt": names[0], "States": {**chained, names[-1]: {**states[-1], "End": True}}}
    machine = make_machine(server, definition)
    ended = [run(server, machine, {}) for _ in range(RUNS)]
    failed = [each.status for each in ended if each.status != "SUCCEEDED"]
    return f"no: {failed[0]}" if failed else f"{statistics.median(each.seconds for each in ended) * 1000:.0f} ms"
