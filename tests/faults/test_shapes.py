"""Every transient error of every service and operation becomes `Unavailable`; no other error does."""

from collections.abc import Callable, Iterator

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ClientError
from moto.core.botocore_stubber import MockRawResponse

from imgopt import time_budget
from imgopt.errors import Unavailable
from imgopt.storage import clients
from tests.faults.shapes import SHAPES, Shape

OPERATIONS: dict[str, Callable[[], object]] = {
    "dynamodb": lambda: clients.dynamodb().get_item(TableName="t", Key={}),
    "stepfunctions": lambda: clients.stepfunctions().describe_execution(executionArn="arn"),
    "sqs": lambda: clients.sqs().send_message(QueueUrl="https://sqs.us-east-1.amazonaws.com/1/q", MessageBody="m"),
    "secretsmanager": lambda: clients.secretsmanager().get_secret_value(SecretId="s"),
    "s3": lambda: clients.s3().get_object(Bucket="b", Key="k"),
    "s3 head": lambda: clients.s3().head_object(Bucket="b", Key="k"),
}
# Nothing that would come right by itself. HEAD has a status alone.
LASTING = (Shape("AccessDenied", 403), Shape("ValidationException", 400), Shape("NoSuchBucket", 404))
TO_HEAD = [shape for shape in SHAPES if shape.error or shape.status >= 429]


@pytest.fixture
def failing(environment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Shape], list[str]]]:
    """AWS, all of which answers with one fault; returns what it is asked."""
    undo = []

    def begin(shape: Shape) -> list[str]:
        asked: list[str] = []

        def answer(event_name: str, request: AWSPreparedRequest, **_: object) -> AWSResponse:
            asked.append(event_name.rsplit(".", 1)[-1])
            status, headers, body = shape.answer(request)
            return AWSResponse(request.url, status, headers, MockRawResponse(body))

        for each in (clients.dynamodb, clients.stepfunctions, clients.sqs, clients.secretsmanager, clients.s3):
            each().meta.events.register("before-send", answer)
            undo.append((each(), answer))
        return asked

    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    yield begin
    for client, answer in undo:
        client.meta.events.unregister("before-send", answer)


@pytest.fixture
def unspent() -> None:
    """A client whose quota of attempts, which botocore counts over all requests, is whole."""
    clients.dynamodb.cache_clear()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_transient_fault_of_any_operation_is_unavailable(failing, shape):
    failing(shape)
    for name in OPERATIONS.keys() - ({"s3 head"} if shape not in TO_HEAD else set()):
        with pytest.raises(Unavailable) as caught, clients.aws_errors():
            OPERATIONS[name]()
        assert caught.value.retry_after > 0


@pytest.mark.parametrize("shape", LASTING, ids=str)
def test_lasting_fault_stays_a_client_error(failing, shape):
    asked = failing(shape)
    for ask in OPERATIONS.values():
        with pytest.raises(ClientError), clients.aws_errors():
            ask()
    assert asked.count("GetItem") == asked.count("GetObject") == 1


def test_silence_is_tried_again_but_not_without_end(unspent, failing):
    asked = failing(SHAPES[0])
    with pytest.raises(Unavailable), clients.aws_errors():
        OPERATIONS["dynamodb"]()
    assert len(asked) == clients.ATTEMPTS


def test_no_attempt_begins_when_it_is_too_late(failing):
    asked = failing(SHAPES[0])
    with time_budget.limit_calls(0), pytest.raises(Unavailable, match="too long"), clients.aws_errors():
        OPERATIONS["dynamodb"]()
    assert asked == []


def test_retry_is_not_begun_after_the_time_limit(unspent, failing, monkeypatch):
    """An attempt that has begun continues to its end, and no further attempt begins."""
    now = [0.0]
    monkeypatch.setattr(time_budget, "monotonic", lambda: now[0])
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: now.__setitem__(0, now[0] + 6))
    asked = failing(SHAPES[0])
    with time_budget.limit_calls(10), pytest.raises(Unavailable), clients.aws_errors():
        OPERATIONS["dynamodb"]()
    assert len(asked) == 2


def test_sooner_of_two_limits_holds_and_the_later_is_restored():
    with time_budget.limit_calls(1000), time_budget.limit_calls(0), pytest.raises(Unavailable):
        time_budget.check()
    with time_budget.limit_calls(0), time_budget.limit_calls(1000), pytest.raises(Unavailable):
        time_budget.check()
    with time_budget.limit_calls(1000):
        with time_budget.limit_calls(0):
            pass
        time_budget.check()
    time_budget.check()


def test_a_limit_that_was_lifted_holds_nobody_back():
    with time_budget.limit_calls(0) as limit:
        limit.lift()
        time_budget.check()
