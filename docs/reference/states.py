"""The page of the states of both state machines: what each state does, its time limits and its retries."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from cdk.definition import MACHINES_FILE, STATES_FILE, MachineKind

INTRODUCTION = """\
# States

This page lists the states of the two state machines. [Architecture](../architecture.md#the-state-machines) has drawings
of both. [Decision 56](../decisions/0056-express-executions-for-short-jobs.md) says which jobs use which machine.
`make reference` writes this page from `statemachine`.
"""
LIMITS = """\
The columns "standard" and "express" have the time limit of a state in each machine, in seconds. "Left out" means that
the machine does not have the state. "Retries" names the rules in the [table below](#retries). If an error is not
retried, or if its retries are used up, the execution continues with the state in the column "on error".

| state | type | task | standard | express | retries | on error |
|---|---|---|---|---|---|---|
"""
RETRIES = """\
## Retries

Waits are in seconds. Each further wait is the previous one multiplied by the factor. With "full" jitter the wait is a
random time between 0 and that value.

| rule | machine | errors | retries | first wait | factor | longest wait | jitter |
|---|---|---|---|---|---|---|---|
"""
DEFAULTS = {"IntervalSeconds": 1, "BackoffRate": 2, "MaxDelaySeconds": "", "JitterStrategy": "none"}
Node = dict[str, Any]
Outer = tuple[str, Sequence[Node]]


def render() -> str:
    machine, values = json.loads(STATES_FILE.read_text()), json.loads(MACHINES_FILE.read_text())
    states = {name: state for name, state, _ in _all_states(machine["States"])}
    rows = [_state(name, state, outer, values) for name, state, outer in _all_states(machine["States"])]
    whole = " and ".join(f"{values[kind]['Values']['MachineSeconds']} s ({kind.lower()})" for kind in MachineKind)
    ending = f"Step Functions stops an execution after {whole}.\n"
    retries = RETRIES + "\n".join(_retries(states, values))
    return "\n".join([INTRODUCTION, LIMITS + "\n".join(rows), "", ending, retries, ""])


def _all_states(states: dict[str, Node], outer: Outer = ("", ())) -> Iterator[tuple[str, Node, Outer]]:
    """Yields each state, then those of its branches. `outer` is the name and the `Catch` of the state around it."""
    for name, state in states.items():
        yield name, state, outer
        for branch in state.get("Branches", ()):
            yield from _all_states(branch["States"], (name, state["Catch"]))


def _state(name: str, state: Node, outer: Outer, values: Node) -> str:
    limits = [_limit({name, outer[0]}, state, values[kind]) for kind in MachineKind]
    retries = _link(_policy(name, state)) if "Retry" in state else ""
    catchers = state.get("Catch", outer[1] if state["Type"] == "Task" else ())
    otherwise = ", ".join(f"`{each['Next']}`" for each in catchers)
    return _row(f"`{name}`", state["Type"], state["Comment"], *limits, retries, otherwise)


def _limit(names: set[str], state: Node, machine: Node) -> str:
    """`names` are the names of the state and of the state around it."""
    if names & {*machine["Without"]}:
        return "left out"
    given = state.get("TimeoutSeconds", "")
    return str(machine["Values"][_name(given)] if isinstance(given, str) and given else given)


def _policy(name: str, state: Node) -> str:
    """Returns the name of a shared rule, or of the state that has a rule of its own."""
    return _name(state["Retry"]) if isinstance(state["Retry"], str) else name


def _retries(states: dict[str, Node], values: Node) -> Iterator[str]:
    for kind in MachineKind:
        shared = {name: value for name, value in values[kind]["Values"].items() if isinstance(value, list)}
        for policy, rules in shared.items():
            yield from (_retry(policy, kind.lower(), rule) for rule in rules)
    for name, state in states.items():
        if isinstance(state.get("Retry"), list):
            yield from (_retry(name, MachineKind.STANDARD.lower(), rule) for rule in state["Retry"])


def _retry(policy: str, machine: str, rule: Node) -> str:
    known = {**DEFAULTS, **rule}
    errors = ", ".join(f"`{each}`" for each in rule["ErrorEquals"])
    waits = [str(known[name]).lower() for name in DEFAULTS]
    return _row(f"`{policy}`", machine, errors, str(rule["MaxAttempts"]), *waits)


def _link(policy: str) -> str:
    return f"[{policy}](#retries)"


def _name(reference: str) -> str:
    return reference.removeprefix("${").removesuffix("}")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")
