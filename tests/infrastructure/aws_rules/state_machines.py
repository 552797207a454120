"""Definitions that Step Functions refuses or executes otherwise, and emulators accept.

After Amazon States Language and "Step Functions service quotas".
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.roles.policies import Action, Installation, Template

MACHINE = "AWS::StepFunctions::StateMachine"
NAME_CHARACTERS, DEFINITION_BYTES, EXPRESS_SECONDS = 80, 1_048_576, 300
LONGEST_SECONDS, LONGEST_DELAY = 99_999_999, 31_622_400
ANY_ERROR = "States.ALL"
# Whatever is said of these, they end the execution.
NEVER_CAUGHT = ("States.DataLimitExceeded", "States.Runtime")
WAITING = (".waitForTaskToken", ".sync", ".sync:2", ":activity:")
# Others need a statement each in the policy by which an account lets logs be delivered, of 5,120 characters.
LOG_PREFIX = "/aws/vendedlogs/"


def machines(stacks: Installation) -> Iterator[tuple[Template, str, dict[str, Any], dict[str, Any]]]:
    """The state machines, with all ARNs inserted into their definitions."""
    for template, name, machine in stacks.resources(MACHINE):
        text = machine["DefinitionString"]
        for variable, value in machine.get("DefinitionSubstitutions", {}).items():
            text = text.replace(f"${{{variable}}}", stacks.text(template, value))
        yield template, name, machine, json.loads(text)


def states_in(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in machine["States"].items():
        yield name, state
        for inner in (*state.get("Branches", ()), *filter(None, [state.get("ItemProcessor")])):
            yield from states_in(inner)


def names(stacks: Installation) -> Iterator[str]:
    """Names of states have a length limit, and are unique in a whole machine, branches included."""
    for _, machine, _, definition in machines(stacks):
        found = [name for name, _ in states_in(definition)]
        yield from (f"{machine}: {name} is too long" for name in found if len(name) > NAME_CHARACTERS)
        yield from (f"{machine}: {name} is there twice" for name in sorted(set(found)) if found.count(name) > 1)


def sizes(stacks: Installation) -> Iterator[str]:
    for _, machine, _, definition in machines(stacks):
        if len(json.dumps(definition).encode()) > DEFINITION_BYTES:
            yield f"{machine}: the definition is too large"


def next_states(stacks: Installation) -> Iterator[str]:
    """Each next state exists beside its state, and each state can be reached."""
    for _, machine, _, definition in machines(stacks):
        for level in (definition, *(each for _, state in states_in(definition) for each in state.get("Branches", ()))):
            led_to = {level["StartAt"], *(name for state in level["States"].values() for name in leads_to(state))}
            yield from (f"{machine}: {name} is on one side alone" for name in led_to ^ set(level["States"]))


def leads_to(state: dict[str, Any]) -> Iterator[str]:
    for each in (state, *state.get("Choices", ()), *state.get("Catch", ())):
        yield from (each[word] for word in ("Next", "Default") if word in each)


def express(stacks: Installation) -> Iterator[str]:
    """The rules of express machines: executions end within five minutes, and wait for no task token."""
    for _, name, machine, definition in machines(stacks):
        if machine.get("StateMachineType") == "EXPRESS":
            if definition.get("TimeoutSeconds", 0) > EXPRESS_SECONDS:
                yield f"{name}: no execution goes on for so long"
            for state, task in states_in(definition):
                if any(each in task.get("Resource", "") for each in WAITING):
                    yield f"{name}: {state} waits"


def errors(stacks: Installation) -> Iterator[str]:
    for _, machine, _, definition in machines(stacks):
        for state, task in states_in(definition):
            for rules in (task.get("Retry", []), task.get("Catch", [])):
                yield from (f"{machine}, {state}: {found}" for found in of_names(rules))


def of_names(rules: list[dict[str, Any]]) -> Iterator[str]:
    for number, rule in enumerate(rules, 1):
        caught = rule["ErrorEquals"]
        yield from (f"{each} is never caught" for each in NEVER_CAUGHT if each in caught)
        if ANY_ERROR in caught and (len(caught) > 1 or number < len(rules)):
            yield f"{ANY_ERROR} stands alone, and last"


def retries(stacks: Installation) -> Iterator[str]:
    for _, machine, _, definition in machines(stacks):
        for state, task in states_in(definition):
            yield from (f"{machine}, {state}: {each}" for rule in task.get("Retry", []) for each in of_numbers(rule))


def of_numbers(rule: dict[str, Any]) -> Iterator[str]:
    interval, longest = rule.get("IntervalSeconds", 1), rule.get("MaxDelaySeconds")
    if not 1 <= interval <= LONGEST_SECONDS:
        yield "IntervalSeconds is out of range"
    if not 0 <= rule.get("MaxAttempts", 3) <= LONGEST_SECONDS:
        yield "MaxAttempts is out of range"
    if rule.get("BackoffRate", 2) < 1:
        yield "BackoffRate is less than 1"
    if longest is not None and not interval < longest < LONGEST_DELAY:
        yield "MaxDelaySeconds is out of range"


def time_limits(stacks: Installation) -> Iterator[str]:
    for _, machine, _, definition in machines(stacks):
        for state, task in states_in(definition):
            limit, heartbeat = task.get("TimeoutSeconds", LONGEST_SECONDS), task.get("HeartbeatSeconds")
            if not 1 <= limit <= LONGEST_SECONDS:
                yield f"{machine}, {state}: TimeoutSeconds is out of range"
            if heartbeat is not None and not 1 <= heartbeat < limit:
                yield f"{machine}, {state}: HeartbeatSeconds is not less than TimeoutSeconds"


def logs(stacks: Installation) -> Iterator[str]:
    """A machine whose log is elsewhere is refused, in an account that has some, whatever the template says."""
    groups = {name: group for _, name, group in stacks.resources("AWS::Logs::LogGroup")}
    for _, machine, properties in stacks.resources(MACHINE):
        for destination in properties["LoggingConfiguration"]["Destinations"]:
            name = destination["CloudWatchLogsLogGroup"]["LogGroupArn"]["Fn::GetAtt"][0]
            if not groups[name]["LogGroupName"].startswith(LOG_PREFIX):
                yield f"{machine}: its log is not under {LOG_PREFIX}"


def rights(stacks: Installation) -> Iterator[str]:
    """A machine's role may do what its tasks ask for."""
    for _, machine, properties, definition in machines(stacks):
        role = stacks.role_of(properties["RoleArn"]["Fn::GetAtt"][0])
        for state, task in states_in(definition):
            if ":states:::sqs:sendMessage" in task.get("Resource", ""):
                wanted = [each for each in role.statements if "sqs:SendMessage" in each.actions]
                allowed = any(resource.startswith("arn:") for each in wanted for resource in each.resources)
            else:
                allowed = task["Type"] != "Task" or role.allows(Action("lambda:InvokeFunction", task["Resource"]))
            if not allowed:
                yield f"{machine}: {state} is not allowed"


def languages(stacks: Installation) -> Iterator[str]:
    """Emulators read JSONata otherwise than AWS does."""
    for _, machine, _, definition in machines(stacks):
        for state, task in (("the machine", definition), *states_in(definition)):
            if task.get("QueryLanguage", "JSONPath") != "JSONPath":
                yield f"{machine}: {state} is in JSONata"


RULES = (languages, names, sizes, next_states, express, errors, retries, time_limits, logs, rights)
