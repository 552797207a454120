"""Requests that AWS refuses are found in tests of handlers."""

import pytest
from botocore.exceptions import ClientError

from imgopt.storage import table
from tests import pictures
from tests.conftest import NAMES
from tests.roles.enforcement import Rights, called_by, enforced
from tests.roles.request_limits import refusals, reserved_words

KEY = {"pk": {"S": "JOB#1"}, "sk": {"S": "JOB"}}


def keys(number: int) -> list[dict]:
    return [{"pk": {"S": f"JOB#{each}"}, "sk": {"S": "JOB"}} for each in range(number)]


def batch(number: int) -> dict:
    return {"RequestItems": {"t": {"Keys": keys(number)}}}


def written(*items: dict) -> dict:
    return {"RequestItems": {"t": [{"PutRequest": {"Item": item}} for item in items]}}


def transaction(*items: dict) -> dict:
    return {"TransactItems": [{"Put": {"TableName": "t", "Item": item}} for item in items]}


@pytest.mark.parametrize(
    ("service", "operation", "params", "found"),
    [
        ("dynamodb", "BatchGetItem", batch(101), "101 items at once"),
        ("dynamodb", "BatchGetItem", {"RequestItems": {"t": {"Keys": [KEY, KEY]}}}, "one item twice"),
        ("dynamodb", "BatchWriteItem", written(*keys(26)), "26 items at once"),
        ("dynamodb", "TransactWriteItems", transaction(*keys(101)), "101 items at once"),
        ("dynamodb", "TransactWriteItems", transaction(KEY, KEY), "one item twice"),
        ("dynamodb", "UpdateItem", {"Key": KEY, "UpdateExpression": "SET ttl = :t"}, "ttl is a reserved word"),
        ("dynamodb", "UpdateItem", {"Key": KEY, "ConditionExpression": "size(names) < :n"}, "names is a reserved word"),
        ("dynamodb", "PutItem", {"Item": KEY | {"note": {"S": "x" * 410_000}}}, "an item of"),
        ("dynamodb", "PutItem", {"Item": KEY | {"user": {"S": ""}}}, "user is no text"),
        ("dynamodb", "TransactWriteItems", transaction(KEY | {"agenda": {"NULL": True}}), "agenda is no text"),
        ("dynamodb", "Query", {"IndexName": "owned", "ConsistentRead": True}, "an index"),
        ("dynamodb", "Query", {"FilterExpression": "a = :a OR " * 500}, "too long"),
        ("s3", "PutObject", {"Key": "k", "Metadata": {"record": "x" * 2048}}, "more metadata"),
        ("s3", "PutObject", {"Key": "k", "Metadata": {"record": "é"}}, "not ASCII"),
        ("s3", "PutObject", {"Key": "k" * 1025}, "a key of no good length"),
        ("sqs", "SendMessage", {"MessageBody": "", "DelaySeconds": 901}, "a delay of 901 s"),
        ("sqs", "SendMessage", {"MessageBody": "x" * 1_048_577}, "too large"),
        ("stepfunctions", "StartExecution", {"name": "1", "input": "x" * 262_145}, "256 KiB"),
        ("stepfunctions", "StartExecution", {"name": "1" * 81, "input": "{}"}, "an execution called"),
        ("stepfunctions", "SendTaskSuccess", {"output": "x" * 262_145}, "256 KiB"),
    ],
)
def test_a_request_that_aws_refuses_is_found(service, operation, params, found):
    assert found in "; ".join(refusals(service, operation, params))


def test_requests_at_the_limits_are_taken():
    assert refusals("dynamodb", "BatchGetItem", batch(100)) == []
    expression = "ADD #count :n SET #ttl = :t, agenda = if_not_exists(agenda, :a)"
    assert refusals("dynamodb", "UpdateItem", {"Key": KEY, "UpdateExpression": expression}) == []
    assert refusals("sqs", "SendMessage", {"MessageBody": "x", "DelaySeconds": 900}) == []


def test_the_list_of_reserved_words_is_all_of_it():
    assert len(reserved_words()) == 573
    assert {"TTL", "NAME", "USER", "STATUS"} <= reserved_words()


def test_a_function_that_asks_so_is_refused(submit, templates):
    job = submit(pictures.png())
    with (
        pytest.raises(AssertionError, match="Plan asked by UpdateItem: status is a reserved word"),
        enforced(Rights(templates, NAMES)),
        called_by("Plan"),
        pytest.raises(ClientError, match="ValidationException"),
    ):
        table.update(table.key("JOB", job["id"]), {"note": 1}, where="status = :queued", values={"queued": "queued"})
