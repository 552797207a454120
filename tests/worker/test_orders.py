"""Upscaling orders: carried out, and answered in the terms of the state machine."""

import json

import pytest

from imgopt.errors import InvalidImage, Unavailable
from imgopt.telemetry import reference_of
from imgopt.workflow import orders, reasons
from imgopt.workflow.orders import InvalidOrder
from tests.worker.conftest import RESULT, plan_of

BODY = json.dumps({"token": "token 1", "plan": plan_of("1")})


@pytest.fixture
def awaiting(world):
    world.awaited.add("token 1")
    return world


def answer(body: str) -> None:
    order = orders.read(body)
    orders.report_outcome(order, orders.carry_out(order))


def raising(error):
    def upscale(plan):
        raise error

    return upscale


def test_a_result_is_told_to_the_state_machine(awaiting):
    answer(BODY)
    assert awaiting.answers == [("token 1", RESULT)]


def test_a_public_error_is_told_with_its_message_as_a_stage_would(awaiting):
    awaiting.upscale = raising(InvalidImage("The image is damaged."))
    answer(BODY)
    ((_, error, cause),) = awaiting.answers
    assert error == "InvalidImage"
    assert reasons.public_reason(error, json.dumps(cause)) == "The image is damaged."


def test_unexpected_error_is_told_by_its_name_alone(awaiting):
    awaiting.upscale = raising(RuntimeError("a secret"))
    answer(BODY)
    ((_, error, cause),) = awaiting.answers
    assert (error, cause) == ("RuntimeError", {"errorMessage": ""})
    assert reasons.public_reason(error, json.dumps(cause)) == reasons.UNEXPLAINED


def test_unexpected_error_is_logged_with_its_place_and_the_owner(awaiting, log):
    awaiting.upscale = raising(RuntimeError("a secret"))
    answer(BODY)
    (line,) = log()
    assert (line["message"], line["job_id"], line["owner"]) == ("order failed", reference_of("1"), "guest")
    assert "in upscale" in line["exception"]


def test_an_order_that_comes_twice_is_answered_once(awaiting):
    answer(BODY)
    answer(BODY)
    assert awaiting.answers == [("token 1", RESULT)]


def test_an_answer_that_can_not_be_given_is_an_error(awaiting, monkeypatch):
    monkeypatch.setattr("imgopt.storage.task_tokens.succeed", lambda *_: raising(Unavailable("busy"))(None))
    with pytest.raises(Unavailable):
        answer(BODY)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "7",
        '"text"',
        "{}",
        '{"token": "token 1"}',
        '{"token": "token 1", "plan": {"job_id": "1"}}',
        '{"token": 1, "plan": {"job_id": "1", "owner": "guest"}}',
        '{"token": "token 1", "plan": {"job_id": 1, "owner": "guest"}}',
        '{"token": "token 1", "plan": "1"}',
    ],
)
def test_malformed_order_is_an_error_and_not_carried_out(awaiting, body):
    with pytest.raises(InvalidOrder):
        answer(body)
    assert (awaiting.carried_out, awaiting.answers) == ([], [])
