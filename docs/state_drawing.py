"""Draws a state machine as a Mermaid flowchart, from the definition that is deployed.

A diamond is a choice. A box around states is a set of branches that run in parallel. A dotted arrow shows where an
execution continues after an error without further retries.
"""

import json
from collections.abc import Iterator
from typing import Any

from cdk.definition import MachineKind, definition
from docs.state_conditions import describe_condition

# The states of a machine or of a branch, by name.
States = dict[str, dict[str, Any]]
SHAPES = {"Task": '["{}"]', "Pass": '["{}"]', "Choice": '{{"{}"}}', "Succeed": '(["{}"])', "Fail": '(["{}"])'}
BEGINNING, END = 'Start(["start"])', 'End(["end"])'
MARGIN = "    "
# Close together, so that names can be read in the width of a page.
HEAD = ("---", "config: {flowchart: {nodeSpacing: 20, rankSpacing: 35}}", "---", "flowchart TD")


def draw(kind: MachineKind) -> str:
    machine = json.loads(definition(kind))
    ends = [name for name, state in machine["States"].items() if state.get("End")]
    lines = [
        *_nodes(machine["States"]),
        f"{BEGINNING} --> {machine['StartAt']}",
        *_arrows(machine["States"]),
        *(f"{_identify(name)} --> {END}" for name in ends),
    ]
    return "\n".join(["```mermaid", *HEAD, *(MARGIN + line for line in lines), "```"])


def _nodes(states: States) -> Iterator[str]:
    for name, state in states.items():
        if state["Type"] == "Parallel":
            yield from _branches(name, [branch["States"] for branch in state["Branches"]])
        else:
            yield _identify(name) + SHAPES[state["Type"]].format(name)


def _branches(name: str, branches: list[States]) -> Iterator[str]:
    yield f'subgraph {name}["{name}: in parallel"]'
    yield f"{MARGIN}direction TB"
    for number, states in enumerate(branches, 1):
        yield f'{MARGIN}subgraph {name}{number}[" "]'
        yield f"{MARGIN * 2}direction TB"
        yield from (MARGIN * 2 + line for line in _nodes(states))
        yield f"{MARGIN}end"
    yield "end"


def _arrows(states: States) -> Iterator[str]:
    """Yields the arrows of all states, also within branches. The last state of a branch has no arrow; its box has."""
    behind = {state["Next"] for state in states.values() if state["Type"] == "Parallel"}
    for name, state in states.items():
        for branch in state.get("Branches", ()):
            yield from _arrows(branch["States"])
        yield from (f"{_identify(name)} {arrow} {_identify(target)}" for arrow, target in _ways(state, behind))


def _ways(state: dict[str, Any], behind: set[str]) -> Iterator[tuple[str, str]]:
    """Yields the arrows that leave a state, each with the name of its target.

    `behind` are the states after parallel branches. Arrows to them are longer, so that they pass beside the branches.
    """
    for choice in state.get("Choices", ()):
        yield f'-->|"{describe_condition(choice)}"|', choice["Next"]
    if "Default" in state:
        yield '-->|"otherwise"|', state["Default"]
    if "Next" in state:
        yield "--->" if state["Next"] in behind and state["Type"] != "Parallel" else "-->", state["Next"]
    for catch in state.get("Catch", ()):
        yield "-.->", catch["Next"]


def _identify(name: str) -> str:
    """Returns the name without punctuation, which identifiers of Mermaid can't have."""
    return "".join(filter(str.isalnum, name))
