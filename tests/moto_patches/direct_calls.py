"""Calls moto's handler of DynamoDB directly, without an HTTP request between botocore and moto.

Building, signing, routing and reading that request takes half of the CPU time of a call. Clients still serialize the
parameters and parse the answer. The module was written for moto 5.2 and botocore 1.43.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

from botocore.endpoint import Endpoint
from botocore.model import OperationModel
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.models import botocore_stubber
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.responses import ActionResult, get_service_model
from moto.dynamodb.responses import DynamoHandler, DynamoResult

from imgopt.storage.clients import check_time

Answer = tuple[SimpleNamespace, dict[str, Any]]
Spoils = Callable[[str, dict[str, Any]], bool]
MakeRequest = Callable[[Endpoint, OperationModel, dict[str, Any]], Any]
SERVICE = "dynamodb"
PROTOCOL = "json"
PARTITION = "aws"
KIND = "application/x-amz-json-1.0"
# Of what JSON has, no parameters: binary values, and members without a value.
OTHERS = (b'"B":', b'"BS":', b"null")
RESULTS = (ActionResult, DynamoResult)
# Says of an operation's name and request whether its answer may be another than moto's.
spoiling: list[Spoils] = []


def install() -> None:
    Endpoint.make_request = answering_directly(Endpoint.make_request)


def answering_directly(make_request: MakeRequest) -> MakeRequest:
    def answer(endpoint: Endpoint, operation: OperationModel, request: dict[str, Any]) -> Any:
        if endpoint._endpoint_prefix == SERVICE and nobody_looks_at(request, endpoint, operation):
            return call(endpoint, operation, request)
        return make_request(endpoint, operation, request)

    return answer


def nobody_looks_at(request: dict[str, Any], endpoint: Endpoint, operation: OperationModel) -> bool:
    """moto answers, no fault is injected into this request, and no test has registered for what is sent."""
    if not botocore_stubber.enabled or any(spoils(operation.name, request) for spoils in spoiling):
        return False
    registered = endpoint._event_emitter._emitter._handlers.prefix_search(f"before-send.{SERVICE}.{operation.name}")
    return all(each in (botocore_stubber, check_time) for each in registered)


def call(endpoint: Endpoint, operation: OperationModel, request: dict[str, Any]) -> Answer:
    """Replaces `Endpoint.make_request`: returns an object with a status, and the parsed answer."""
    check_time()
    status, headers, body = handler_of(request).call_action()
    response = {"status_code": int(status), "headers": headers, "body": body.encode()}
    parser = endpoint._response_parser_factory.create_parser(PROTOCOL)
    parsed = parser.parse(response, operation.output_shape)
    if int(status) >= 300:
        endpoint._add_modeled_error_fields(response, parsed, operation, parser)
    return SimpleNamespace(status_code=int(status)), parsed


def handler_of(request: dict[str, Any]) -> DynamoHandler:
    """Returns a handler with what `BaseResponse.setup_class` sets, as far as handlers of DynamoDB read it."""
    handler = DynamoHandler()
    handler.headers = request["headers"]
    handler.querystring, handler.response_headers = {}, {}
    handler.current_account, handler.region = DEFAULT_ACCOUNT_ID, request["context"]["client_region"]
    handler.partition = PARTITION
    handler.params = read(request["headers"]["X-Amz-Target"].rpartition(".")[2], request["body"])
    handler.serialized = partial(write, handler)
    return handler


def read(operation: str, body: bytes) -> Any:
    """The parameters, which are the JSON itself but for binary values. Clients know no members that moto doesn't."""
    if any(other in body for other in OTHERS):
        return parser_of(operation).parse({"body": body})
    return json.loads(body)


def write(handler: DynamoHandler, result: ActionResult) -> tuple[int, dict[str, str], str]:
    """The answer, which is a dict of texts and numbers but for errors and binary values."""
    if type(result) in RESULTS:
        with suppress(TypeError):
            return 200, {"Content-Type": KIND, **handler.response_headers}, json.dumps(result.result)
    return DynamoHandler.serialized(handler, result)


@cache
def parser_of(operation: str) -> Any:
    operation_model = get_service_model(SERVICE).operation_model(operation)
    return PROTOCOL_PARSERS[PROTOCOL](operation_model, map_type=DynamoHandler.PROTOCOL_PARSER_MAP_TYPE)
