"""The page of the states of both machines: what each does, its time limits, and which errors are tried again."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from cdk.definition import MACHINES_FILE, STATES_FILE, MachineKind

INTRODUCTION = """\
# States

The states of the two state machines. [Architecture](../architecture.md#the-state-machines) draws them, and
[decision 56](../decisions/0056-express-executions-for-short-jobs.md) says which jobs go through
which. `make reference` writes this page from `statemachine`.
"""
LIMITS = """\
Time limits are in seconds. An error that no retry takes, or whose retries are used up, leads to the state under "else".

| state | kind | does | standard | express | tried again by | else |
|---|---|---|---|---|---|---|
"""
RETRIES = """\
## Retries

The first wait is in seconds; each further one is longer by the factor. "Full" jitter waits for a random part of it.

| retries | machine | errors | times | first wait | factor | longest wait | jitter |
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
    ending = f"A whole execution is stopped after {whole}.\n"
    retries = RETRIES + "\n".join(_retries(states, values))
    return "\n".join([INTRODUCTION, LIMITS + "\n".join(rows), "", ending, retries, ""])


def _all_states(states: dict[str, Node], outer: Outer = ("", ())) -> Iterator[tuple[str, Node, Outer]]:
    """Those of branches after the state that they are in, whose name and catchers they have as `outer`."""
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
    """`names` are those of the state and of the one that it is a part of."""
    if names & {*machine["Without"]}:
        return "left out"
    given = state.get("TimeoutSeconds", "")
    return str(machine["Values"][_name(given)] if isinstance(given, str) and given else given)


def _policy(name: str, state: Node) -> str:
    """By the name that states share, or by that of the one state that has it."""
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
