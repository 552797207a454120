import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdk.definition import RETRIES_FILE, definition
from imgopt import errors
from imgopt.settings import Settings
from imgopt.workflow.reasons import DEATHS

ROOT = Path(__file__).resolve().parents[2]
MACHINE = json.loads(definition())
PERMANENT = errors.PUBLIC_NAMES - {"Unavailable"}


def tasks(states: dict) -> Iterator[tuple[str, dict]]:
    for name, state in states.items():
        if state["Type"] == "Task":
            yield name, state
        for branch in state.get("Branches", []):
            yield from tasks(branch["States"])


TASKS = dict(tasks(MACHINE["States"]))
# The one whose answer comes by token, from whoever takes its order.
ORDERED = "UpscaleByWorker"
INVOKED = sorted(set(TASKS) - {ORDERED})


def test_retry_policies_are_all_known():
    assert all(isinstance(retrier, dict) for task in TASKS.values() for retrier in task["Retry"])


def test_retry_policies_are_all_used():
    lists = [task["Retry"] for task in TASKS.values()]
    assert all(retriers in lists for retriers in json.loads(RETRIES_FILE.read_text()).values())


def test_the_template_has_the_definition(of_type):
    (machine,) = of_type("AWS::StepFunctions::StateMachine").values()
    assert json.loads(machine["DefinitionString"]) == MACHINE


def test_each_task_has_exactly_one_stage():
    stages = {path.stem for path in (ROOT / "functions" / "stages").glob("*.py")} - {"__init__"}
    assert {stage_of(name).lower() for name in TASKS} == stages


def stage_of(name: str) -> str:
    """A stage may be in several states, whose names begin with it."""
    (first, *_) = re.findall("[A-Z][a-z]+", name)
    return str(first)


@pytest.mark.parametrize("name", INVOKED)
def test_a_task_calls_the_function_of_its_name(name):
    assert TASKS[name]["Resource"] == f"${{{stage_of(name)}FunctionArn}}"


def test_every_function_of_the_machine_is_substituted(of_type):
    (machine,) = of_type("AWS::StepFunctions::StateMachine").values()
    assert set(machine["DefinitionSubstitutions"]) == {
        "UpscaleOrderArn",
        *(f"{stage_of(name)}FunctionArn" for name in INVOKED),
    }


@pytest.mark.parametrize("name", ["Plan", "OptimizeOnly", "ProcessBranches", "Finish"])
def test_any_error_leads_to_fail(name):
    assert MACHINE["States"][name]["Catch"] == [
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
    functions = of_type("AWS::Lambda::Function")
    (function,) = (each for logical_id, each in functions.items() if logical_id.startswith(f"{stage_of(name)}Function"))
    assert function["Timeout"] < TASKS[name]["TimeoutSeconds"]


@pytest.mark.parametrize("name", sorted(set(INVOKED) - {"Fail"}))
def test_a_stage_whose_function_died_is_done_again_twice(name):
    """And that it died is all that is known: who ran out of memory or time would do so again."""
    (retry,) = (each for each in TASKS[name]["Retry"] if set(DEATHS) & set(each["ErrorEquals"]))
    assert (set(retry["ErrorEquals"]), retry["MaxAttempts"]) == (set(DEATHS), 2)
    assert not set(DEATHS) & {"Runtime.OutOfMemory", "Sandbox.Timedout"}


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
