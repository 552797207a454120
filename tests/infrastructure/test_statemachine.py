import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdk.definition import MACHINES_FILE, MachineKind, definition
from imgopt import errors
from imgopt.jobs.dispatch import START_SECONDS
from imgopt.jobs.express import DISPATCH_TIMEOUT, MOST_CPU_SECONDS
from imgopt.settings import Settings
from imgopt.workflow.reasons import CRASH_ERRORS, RETRIED_ERRORS, THROTTLED
from tests.stage_modules import MODULE_OF_STAGE

ROOT = Path(__file__).resolve().parents[2]
MACHINE, EXPRESS = (json.loads(definition(kind)) for kind in (MachineKind.STANDARD, MachineKind.EXPRESS))
# What Step Functions gives an express execution.
EXPRESS_LIMIT = 300
PERMANENT = errors.PUBLIC_NAMES - {"Unavailable"}


def tasks(states: dict) -> Iterator[tuple[str, dict]]:
    for name, state in states.items():
        if state["Type"] == "Task":
            yield name, state
        for branch in state.get("Branches", []):
            yield from tasks(branch["States"])


TASKS, EXPRESS_TASKS = dict(tasks(MACHINE["States"])), dict(tasks(EXPRESS["States"]))
# The one whose answer comes by token, from whoever takes its order.
ORDERED = "UpscaleByWorker"
INVOKED = sorted(set(TASKS) - {ORDERED})
FALLIBLE = [
    name for name, state in MACHINE["States"].items() if state["Type"] in ("Task", "Parallel", "Map") and name != "Fail"
]


def test_retry_policies_are_all_known():
    for known in (TASKS, EXPRESS_TASKS):
        assert all(isinstance(retrier, dict) for task in known.values() for retrier in task["Retry"])


@pytest.mark.parametrize("kind", MachineKind)
def test_values_of_a_machine_are_all_used(kind):
    text = (ROOT / "statemachine" / "optimize.asl.json").read_text()
    assert all(f'"${{{name}}}"' in text for name in json.loads(MACHINES_FILE.read_text())[kind]["Values"])


def machine_of(of_type, kind: MachineKind) -> dict:
    machines = of_type("AWS::StepFunctions::StateMachine").values()
    return next(each for each in machines if each.get("StateMachineType", "STANDARD") == kind)


@pytest.mark.parametrize(("kind", "states"), [(MachineKind.STANDARD, MACHINE), (MachineKind.EXPRESS, EXPRESS)])
def test_the_template_has_the_definition(of_type, kind, states):
    assert json.loads(machine_of(of_type, kind)["DefinitionString"]) == states


def test_the_express_machine_has_states_of_the_other_as_they_are():
    """Only time limits and retries differ."""

    def strip(states: dict) -> dict:
        own = ("TimeoutSeconds", "Retry", "Choices")
        return {name: {key: each[key] for key in each if key not in own} for name, each in states.items()}

    assert strip(EXPRESS["States"]).items() <= strip(MACHINE["States"]).items()
    without = json.loads(MACHINES_FILE.read_text())[MachineKind.EXPRESS]["Without"]
    assert set(MACHINE["States"]) - set(EXPRESS["States"]) == set(without)


def test_no_state_leads_where_there_is_none():
    for machine in (MACHINE, EXPRESS):
        text = json.dumps(machine["States"])
        everywhere = {*machine["States"], *re.findall(r'"([^"]+)": {[^{}]*"Type"', text)}
        assert set(re.findall(r'"(?:Next|Default|StartAt)": "([^"]+)"', text)) <= everywhere


def longest_seconds(task: dict) -> float:
    """Returns the seconds with all retries. A throttled call takes no time, since Lambda refuses it at once."""
    total: float = task["TimeoutSeconds"]
    for retrier in task["Retry"]:
        pauses = [retrier["IntervalSeconds"] * retrier["BackoffRate"] ** n for n in range(retrier["MaxAttempts"])]
        runs = 0 if retrier["ErrorEquals"] == [THROTTLED] else len(pauses)
        total += sum(pauses) + runs * task["TimeoutSeconds"]
    return total


def test_an_express_execution_has_time_for_the_worst_case():
    """The worst case is all stages with all retries, and then the stage that fails the job."""
    assert EXPRESS["States"]["IsSingleStage?"]["Default"] == "OptimizeOnly"
    small, large = (longest_seconds(EXPRESS_TASKS[name]) for name in ("OptimizeSmall", "OptimizeOnly"))
    assert small == large  # of which an execution has one
    shorter = "statemachine/machines.json has the express machine's time limits, and under Without what it leaves out"
    longest = sum(map(longest_seconds, EXPRESS_TASKS.values())) - small
    assert longest < EXPRESS_LIMIT == EXPRESS["TimeoutSeconds"], shorter


def test_an_express_job_is_not_given_up_while_its_execution_may_still_begin_or_go_on():
    assert longest_seconds(EXPRESS_TASKS["Plan"]) + START_SECONDS < DISPATCH_TIMEOUT.total_seconds()
    assert Settings().express_deadline > EXPRESS_LIMIT


def test_pixels_of_an_express_job_take_no_longer_than_their_state():
    assert MOST_CPU_SECONDS < EXPRESS_TASKS["OptimizeOnly"]["TimeoutSeconds"] < Settings().stage_seconds


def test_express_states_wait_for_nobody():
    """They wait neither for a token nor for another service, which Step Functions would refuse."""
    assert all("FunctionArn" in task["Resource"] for task in EXPRESS_TASKS.values())


@pytest.mark.parametrize("known", [TASKS, EXPRESS_TASKS], ids=["standard", "express"])
def test_retries_are_of_what_may_pass(known):
    for name in set(known) - {"Fail", ORDERED}:
        assert {error for each in known[name]["Retry"] for error in each["ErrorEquals"]} == RETRIED_ERRORS


def test_stages_are_told_which_execution_asks():
    assert TASKS["Plan"]["Parameters"]["execution.$"] == "$$.Execution.Id"


def test_an_execution_whose_job_is_taken_ends_without_a_word():
    first = MACHINE["States"]["IsSingleStage?"]["Choices"][0]
    assert first == {"Variable": "$.taken", "IsPresent": True, "Next": "DoneElsewhere"}
    assert MACHINE["States"]["DoneElsewhere"]["Type"] == "Succeed"


def test_each_task_has_exactly_one_stage():
    both = "each stage has a module in functions/stages, and a state in statemachine/optimize.asl.json"
    assert {stage_of(name).lower() for name in TASKS} == set(MODULE_OF_STAGE), both


def stage_of(name: str) -> str:
    """A stage may be in several states, whose names begin with it."""
    (first, *_) = re.findall("[A-Z][a-z]+", name)
    return str(first)


def function_of(name: str) -> str:
    """Two of them make pixels."""
    return name if name == "OptimizeSmall" else stage_of(name)


@pytest.mark.parametrize("name", INVOKED)
def test_a_task_calls_the_function_of_its_name(name):
    assert TASKS[name]["Resource"] == f"${{{function_of(name)}FunctionArn}}"


def test_every_function_of_a_machine_is_substituted(of_type):
    arns = {f"{function_of(name)}FunctionArn" for name in INVOKED}
    made = set(machine_of(of_type, MachineKind.STANDARD)["DefinitionSubstitutions"])
    assert made == {"UpscaleOrderArn", *arns}, "StageBuilder in cdk/constructs/stages.py makes the functions"
    arns = {f"{function_of(name)}FunctionArn" for name in EXPRESS_TASKS}
    assert set(machine_of(of_type, MachineKind.EXPRESS)["DefinitionSubstitutions"]) == arns


@pytest.mark.parametrize("name", FALLIBLE)
def test_any_error_leads_to_fail(name):
    """An error in a branch leaves by the state that contains the branches."""
    assert MACHINE["States"][name].get("Catch") == [
        {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Fail"}
    ]


@pytest.mark.parametrize("name", sorted(set(INVOKED) - {"Fail"}))
def test_errors_that_may_pass_are_retried_with_backoff_and_others_are_not(name):
    retried = {error for each in TASKS[name]["Retry"] for error in each["ErrorEquals"]}
    assert {"Lambda.TooManyRequestsException", "Lambda.ServiceException", "Unavailable"} <= retried
    assert not retried & (PERMANENT | {"States.ALL", "States.TaskFailed", "States.Timeout"})
    assert all(each["BackoffRate"] > 1 for each in TASKS[name]["Retry"])


def test_recording_a_failure_is_retried_whatever_happens():
    (retry,) = TASKS["Fail"]["Retry"]
    assert retry["ErrorEquals"] == ["States.ALL"]
    assert retry["MaxAttempts"] >= 5


def test_an_execution_is_stopped_before_its_job_counts_as_failed():
    assert MACHINE["TimeoutSeconds"] < Settings().processing_deadline


@pytest.mark.parametrize("name", INVOKED)
def test_a_task_waits_longer_than_its_function_may_take(name, of_type):
    """The pixels of express jobs are the exception: their budget bounds them."""
    functions = of_type("AWS::Lambda::Function")
    (function,) = (
        each for logical_id, each in functions.items() if logical_id.startswith(f"{function_of(name)}Function")
    )
    assert function["Timeout"] < TASKS[name]["TimeoutSeconds"]
    if name in EXPRESS_TASKS and stage_of(name) != "Optimize":
        assert function["Timeout"] < EXPRESS_TASKS[name]["TimeoutSeconds"]


@pytest.mark.parametrize("name", sorted(set(INVOKED) - {"Fail"}))
def test_a_stage_whose_function_died_is_done_again_twice(name):
    """A function that ran out of memory or time is not called again, since the same would happen."""
    (retry,) = (each for each in TASKS[name]["Retry"] if set(CRASH_ERRORS) & set(each["ErrorEquals"]))
    assert (set(retry["ErrorEquals"]), retry["MaxAttempts"]) == (set(CRASH_ERRORS), 2)
    assert not set(CRASH_ERRORS) & {"Runtime.OutOfMemory", "Sandbox.Timedout"}


def test_an_order_that_nobody_answered_is_given_once_more():
    busy, silent = TASKS[ORDERED]["Retry"]
    assert (set(silent["ErrorEquals"]), silent["MaxAttempts"]) == ({"States.HeartbeatTimeout", "States.Timeout"}, 1)
    (usual,) = (each for each in TASKS["Plan"]["Retry"] if "Unavailable" in each["ErrorEquals"])
    assert {**usual, "ErrorEquals": ["Unavailable"]} == busy


def test_orders_may_both_time_out_before_their_execution_does():
    """A clock starts as the order is given: it runs while others are waited for."""
    order = TASKS[ORDERED]
    others = sum(TASKS[name]["TimeoutSeconds"] for name in ("Plan", "Optimize", "Finish"))
    assert order["HeartbeatSeconds"] < order["TimeoutSeconds"]
    assert 2 * order["TimeoutSeconds"] + others < MACHINE["TimeoutSeconds"]


def test_upscaling_runs_where_the_plan_says():
    choice = MACHINE["States"]["ProcessBranches"]["Branches"][0]["States"]["NeedsUpscale?"]
    here, elsewhere = choice["Choices"]
    assert (here["Next"], here["And"][1]) == ("Upscale", {"Variable": "$.queue_url", "StringEquals": ""})
    assert (elsewhere["Next"], elsewhere["Variable"], choice["Default"]) == (ORDERED, "$.asked.network", "Optimize")


def test_an_image_is_worth_having_without_tags():
    (caught,) = TASKS["Tag"]["Catch"]
    assert caught["ErrorEquals"] == ["States.ALL"]
    _, words = MACHINE["States"]["ProcessBranches"]["Branches"]
    assert words["States"][caught["Next"]]["Parameters"] == {"error.$": "$.error"}
