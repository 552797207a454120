"""Direct calls of moto's DynamoDB: clients see what they would see over HTTP."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from imgopt.storage import clients
from tests.conftest import TABLE

KEY = {"pk": {"S": "job#1"}, "sk": {"S": "job"}}
VALUES = {":pk": KEY["pk"]}
CONDITION = "attribute_not_exists(pk)"
NEW = {"Put": {"TableName": TABLE, "Item": KEY | {"count": {"N": "1"}}, "ConditionExpression": CONDITION}}
CALLS = {
    "an item": ("get_item", {"TableName": TABLE, "Key": KEY}),
    "pages": ("query", {"TableName": TABLE, "KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": VALUES}),
    "an unmet condition": ("put_item", {"TableName": TABLE, "Item": KEY, "ConditionExpression": CONDITION}),
    "a cancelled transaction": ("transact_write_items", {"TransactItems": [NEW]}),
    "no table": ("get_item", {"TableName": "nowhere", "Key": KEY}),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_direct_call_is_answered_as_over_http(aws, call):
    clients.dynamodb().put_item(TableName=TABLE, Item=KEY | {"data": {"B": b"\x01"}, "name": {"S": "é"}})
    assert answer(*call) == answer_over_http(*call)


def answer(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """What a client returns or raises, without facts about the request."""
    try:
        found = getattr(clients.dynamodb(), operation)(**parameters)
    except ClientError as error:
        found = {**error.response, "raised": type(error).__name__}
    return {name: value for name, value in found.items() if name != "ResponseMetadata"}


def answer_over_http(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The direct call is not made where somebody listens to requests."""
    requests: list[object] = []
    events = clients.dynamodb().meta.events
    note = lambda request, **_: requests.append(request)  # noqa: E731 - one to register and to unregister
    events.register("before-send", note)
    try:
        return answer(operation, parameters)
    finally:
        events.unregister("before-send", note)
        assert requests
