"""Direct calls of moto's DynamoDB: clients see what they would see over HTTP."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from imgopt.storage import clients
from tests.conftest import TABLE

KEY = {"pk": {"S": "job#1"}, "sk": {"S": "job"}}
VALUES = {":pk": KEY["pk"]}
CONDITION, FAILED = "attribute_not_exists(pk)", "ConditionalCheckFailedException"
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


# Updates of an item with {"count": 1}: the expression, names, value of :v, condition, and the error or the count.
UPDATES = [
    ("SET #a = :v, #b = :v", {"#a": "count", "#b": "other"}, "2", "", "2"),
    ("SET #a = :v, #b = :v", {"#a": "count", "#b": "count"}, "2", "", "ValidationException"),
    ("SET #a = :v, #b = :v", {"#a": "pk", "#b": "other"}, "2", "", "ValidationException"),
    ("SET #a = :v, #b = :v", {"#a": "count", "#b": "other"}, "2", "attribute_not_exists(#a)", FAILED),
    ("SET #a = :v SET #b = :v", {"#a": "count", "#b": "other"}, "2", "", "ValidationException"),
    ("SET #a = if_not_exists(#a, :v)", {"#a": "count"}, "2", "", "1"),
    ("SET #a = #b + :v", {"#a": "count", "#b": "none"}, "2", "", "ValidationException"),
    ("SET #a = #a + :v", {"#a": "count"}, "2", "#a < :v", "3"),
    ("SET #a = #a + :v", {"#a": "count"}, "1", "#a < :v", FAILED),
    ("ADD #a :v REMOVE #b", {"#a": "count", "#b": "none"}, "2", "", "3"),
]


@pytest.mark.parametrize("order", [1, -1], ids=["in turn", "backwards"])
def test_checks_of_an_expression_are_remembered_for_its_names_and_values_alone(aws, order):
    """moto's checks are made once for equal expressions, whichever comes first."""
    for expression, names, value, condition, expected in UPDATES[::order]:
        clients.dynamodb().put_item(TableName=TABLE, Item=KEY | {"count": {"N": "1"}})
        asked = {"UpdateExpression": expression, "ExpressionAttributeNames": names, "ReturnValues": "ALL_NEW"}
        asked |= {"ExpressionAttributeValues": {":v": {"N": value}}}
        asked |= {"ConditionExpression": condition} if condition else {}
        found = answer("update_item", {"TableName": TABLE, "Key": KEY, **asked})
        told = found["Error"]["Code"] if "Error" in found else found["Attributes"]["count"]["N"]
        assert told == expected, (expression, names, value, condition, found)
