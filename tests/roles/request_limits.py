"""Requests that AWS refuses from any caller, and moto or the local cloud accept.

After the developer guides of DynamoDB ("Quotas", "Reserved words", "Constraints"), S3, SQS and Step Functions.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import moto.dynamodb

Params = dict[str, Any]
ITEM_BYTES, BATCH_READ, BATCH_WRITTEN, TRANSACTION_WRITES = 400 * 1024, 100, 25, 100
EXPRESSIONS = ("UpdateExpression", "ConditionExpression", "KeyConditionExpression", "FilterExpression")
EXPRESSIONS += ("ProjectionExpression",)
EXPRESSION_BYTES = 4096
# Words of the language itself, which begin a clause or stand between two.
CLAUSES = {"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"}
FUNCTION_NAMES = {"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"}
FUNCTION_NAMES |= {"if_not_exists", "list_append"}
WORD = re.compile(r"(?<![\w#:])[A-Za-z_]\w*")
# What an index has beside keys: our indexes nothing.
INDEX_MODES = ("ALL_ATTRIBUTES", "SPECIFIC_ATTRIBUTES")
METADATA_BYTES, KEY_BYTES = 2048, 1024
MESSAGE_BYTES, LONGEST_DELAY = 1024 * 1024, 900
STATE_BYTES = 256 * 1024
EXECUTION_NAME = re.compile(r"[\w.-]{1,80}")


def refusals(service: str, operation: str, params: Params) -> list[str]:
    """Why AWS would refuse it."""
    return list(CHECKS[service](operation, params)) if service in CHECKS else []


@cache
def reserved_words() -> frozenset[str]:
    """DynamoDB's list, as moto has it."""
    file = Path(moto.dynamodb.__file__).parent / "parsing" / "reserved_keywords.txt"
    return frozenset(file.read_text().upper().split())


def of_dynamodb(operation: str, params: Params) -> Iterator[str]:
    yield from of_batches(operation, params)
    for request in requests_in(operation, params):
        for expression in EXPRESSIONS:
            yield from of_expression(request.get(expression, ""))
        yield from of_item(request.get("Item", {}))
        yield from of_key(request.get("Key") or request.get("Item") or {})
        if request.get("IndexName") and (request.get("ConsistentRead") or request.get("Select") in INDEX_MODES):
            yield "an index of the whole table knows keys alone, and of a moment ago"


def requests_in(operation: str, params: Params) -> Iterator[Params]:
    """Returns each write or read of a request as a separate request."""
    if operation == "TransactWriteItems":
        for write in params["TransactItems"]:
            yield from write.values()
    elif operation == "BatchWriteItem":
        for writes in params["RequestItems"].values():
            yield from (each for write in writes for each in write.values())
    elif operation == "BatchGetItem":
        for asked in params["RequestItems"].values():
            yield from ({"Key": key} for key in asked["Keys"])
    else:
        yield params


def of_batches(operation: str, params: Params) -> Iterator[str]:
    limits = {"TransactWriteItems": TRANSACTION_WRITES, "BatchWriteItem": BATCH_WRITTEN, "BatchGetItem": BATCH_READ}
    if operation in limits:
        keys = [str(key_of(each)) for each in requests_in(operation, params)]
        if not 1 <= len(keys) <= limits[operation]:
            yield f"{len(keys)} items at once"
        if len(set(keys)) < len(keys):
            yield "one item twice"


def key_of(request: Params) -> Params:
    known = request.get("Key") or request["Item"]
    return {name: known[name] for name in ("pk", "sk")}


@cache
def of_expression(text: str) -> tuple[str, ...]:
    too_long = ("an expression is too long",) if len(text.encode()) > EXPRESSION_BYTES else ()
    words = set(WORD.findall(text)) - FUNCTION_NAMES
    reserved = {word for word in words if word.upper() in reserved_words() and word not in CLAUSES}
    return (*too_long, *(f"{word} is a reserved word" for word in sorted(reserved)))


def of_item(item: Params) -> Iterator[str]:
    if item_bytes(item) > ITEM_BYTES:
        yield f"an item of {item_bytes(item)} bytes"


def item_bytes(item: Params) -> int:
    """The size of an item, at most some bytes more than DynamoDB counts."""
    return len(json.dumps(item, default=str, ensure_ascii=False).encode())


def of_key(key: Params) -> Iterator[str]:
    """Checks keys, also those of indexes: they must be non-empty texts."""
    names = ("pk", "sk", "agenda", "expires_at", "user")
    yield from (f"{name} is no text" for name in names if name in key and not key[name].get("S"))


def of_s3(operation: str, params: Params) -> Iterator[str]:
    noted = params.get("Metadata", {})
    if sum(len(name) + len(value) for name, value in noted.items()) > METADATA_BYTES:
        yield "more metadata than headers have room for"
    if not all(value.isascii() for value in noted.values()):
        yield "metadata that is not ASCII"
    if "Key" in params and not 1 <= len(params["Key"].encode()) <= KEY_BYTES:
        yield "a key of no good length"


def of_sqs(operation: str, params: Params) -> Iterator[str]:
    if len(params.get("MessageBody", "").encode()) > MESSAGE_BYTES:
        yield "a message that is too large"
    if not 0 <= params.get("DelaySeconds", 0) <= LONGEST_DELAY:
        yield f"a delay of {params['DelaySeconds']} s"


def of_stepfunctions(operation: str, params: Params) -> Iterator[str]:
    for name in ("input", "output"):
        if len(params.get(name, "").encode()) > STATE_BYTES:
            yield f"an {name} of more than 256 KiB"
    if operation == "StartExecution" and not EXECUTION_NAME.fullmatch(params["name"]):
        yield f"an execution called {params['name']}"


CHECKS: dict[str, Callable[[str, Params], Iterable[str]]] = {
    "dynamodb": of_dynamodb,
    "s3": of_s3,
    "sqs": of_sqs,
    "stepfunctions": of_stepfunctions,
}
