"""Answers to the state machine, which may no longer wait for them."""

import json

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from imgopt.errors import Unavailable
from imgopt.storage import clients, task_tokens

GONE = ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"]
TOKEN = {"taskToken": "token"}


@pytest.fixture
def states(environment):
    with Stubber(clients.stepfunctions()) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def test_a_result_is_sent_as_json(states):
    states.add_response("send_task_success", {}, {**TOKEN, "output": '{"key": "a"}'})
    task_tokens.succeed("token", {"key": "a"})


def test_an_error_is_sent_by_its_name(states):
    states.add_response("send_task_failure", {}, {**TOKEN, "error": "InvalidImage", "cause": "{}"})
    task_tokens.fail("token", "InvalidImage", "{}")


def test_a_sign_of_life_says_whether_somebody_waits(states):
    states.add_response("send_task_heartbeat", {}, TOKEN)
    assert task_tokens.beat("token")


@pytest.mark.parametrize("code", GONE)
def test_answers_to_expired_tasks_are_no_errors(states, code):
    for operation in ("send_task_success", "send_task_failure", "send_task_heartbeat"):
        states.add_client_error(operation, code)
    task_tokens.succeed("token", {})
    task_tokens.fail("token", "Error", json.dumps({}))
    assert not task_tokens.beat("token")


def test_other_refusals_are_errors(states):
    states.add_client_error("send_task_heartbeat", "AccessDeniedException")
    with pytest.raises(ClientError):
        task_tokens.beat("token")


def test_a_state_machine_that_does_not_answer_may_be_asked_again(states):
    states.add_client_error("send_task_success", "ThrottlingException")
    with pytest.raises(Unavailable):
        task_tokens.succeed("token", {})
