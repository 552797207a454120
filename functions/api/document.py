"""The served OpenAPI document: FastAPI's, with the descriptions, answers and examples of this package's tables."""

from copy import deepcopy
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from functions.api.errors import STATUS
from functions.api.examples import OBJECT_EXAMPLES
from functions.api.field_docs import FIELDS, PARAMETERS, describe_fields
from functions.api.operation_names import OPERATION_NAMES, TAG_SENTENCES
from functions.api.presenters import JobResponse
from functions.api.reasons import EVENT_TYPE, JSON, Reason
from functions.api.response_docs import RESPONSES
from imgopt.accounts.plans import Tier
from imgopt.errors import Unauthorized
from imgopt.settings import settings

SchemaPart = dict[str, Any]
# Alternatives, each with the names of the schemes that it needs.
Security = list[dict[str, list[str]]]


class Problem(BaseModel):
    """The answer to a request that is refused. The fields after `detail` are set if credits are insufficient."""

    detail: str
    is_guest: bool | None = None
    tier: Tier | None = None
    credits_limit: int | None = None
    credits_remaining: int | None = None
    credits_needed: int | None = None
    credits_reset_at: datetime | None = None


# Generated clients send credentials by these.
SECURITY: SchemaPart = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, a device token or a JWT."},
    "session": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Session-Token",
        "description": "The session token of a guest, which the answer to the guest's first upload contains.",
    },
    "scheduler": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CloudScheduler",
        "description": "The secret that the operator has set in `IMGOPT_SCHEDULER_SECRET`.",
    },
}
BY_USER: Security = [{"bearer": []}]
BY_ANYONE: Security = [{"bearer": []}, {"session": []}, {}]
BY_OTHERS: dict[str, Security] = {
    "/usage/summary": [{"bearer": []}, {"session": []}],
    "/process": [],  # its header is a parameter in the contract
    "/internal/cleanup": [{"scheduler": []}],
    "/internal/refresh-daily-credits": [{"scheduler": []}],
}
HEADER_SCHEMAS: dict[str, SchemaPart] = {
    "Location": {"type": "string", "format": "uri-reference"},
    "Retry-After": {"type": "integer"},
}
TEXT_SCHEMA: SchemaPart = {"type": "string"}
FILE_BODY = "Body_upload_file_upload_post"


def add_answers(app: FastAPI) -> None:
    read_routes = app.openapi
    app.openapi = cache(lambda: describe_operations(deepcopy(read_routes())))  # type: ignore[method-assign]  # as FastAPI documents


def describe_operations(document: SchemaPart) -> SchemaPart:
    document["info"]["license"] = {"name": "MIT", "identifier": "MIT"}
    document["servers"] = [{"url": settings().public_url or "."}]
    document["tags"] = [{"name": name, "description": text} for name, text in TAG_SENTENCES.items()]
    document["components"]["schemas"] |= schemas_beside_routes()
    document["components"]["securitySchemes"] = SECURITY
    document["components"]["schemas"][FILE_BODY]["properties"]["file"]["format"] = "binary"
    add_items(document["components"]["schemas"])
    for name, schema in document["components"]["schemas"].items():
        describe_fields(name, schema)
        if name in OBJECT_EXAMPLES:
            schema["examples"] = [OBJECT_EXAMPLES[name]]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            describe_operation(method.upper(), path, operation)
    return document


def describe_operation(method: str, path: str, operation: SchemaPart) -> None:
    name = f"{method} {path}"
    for reason in RESPONSES.get(name, ()):
        add(operation["responses"], reason)
    for parameter in operation.get("parameters", ()):
        if text := PARAMETERS.get(parameter["name"].lower()):
            parameter.setdefault("description", text)
    if name in OPERATION_NAMES:
        operation["x-operation-name"] = OPERATION_NAMES[name]
    add_schemas(name, operation["responses"])
    operation["security"] = security_of(path, operation)
    operation["tags"] = list(dict.fromkeys(operation.get("tags", ())))
    operation["responses"] = dict(sorted(operation["responses"].items()))


def schemas_beside_routes() -> SchemaPart:
    from functions.api.answer_schemas import schemas_of_answers  # no other request needs it

    return schemas_of_answers(Problem)


def add_schemas(name: str, responses: SchemaPart) -> None:
    """Adds the models of answers. A schema of the contract is kept beside the model's."""
    from functions.api.answer_schemas import ANSWER_MODELS

    for status, response in responses.items():
        if model := ANSWER_MODELS.get(f"{name} {status}"):
            content = response["content"][JSON]
            promised = {key: part for key, part in content["schema"].items() if key != "$ref"}
            content["schema"] = {**promised, "allOf": [refer(model)]} if "type" in promised else refer(model)


def add_items(schemas: SchemaPart) -> None:
    """Sets the schemas of lists whose items are plain dictionaries in the models of the routes."""
    from functions.api.answer_schemas import ITEM_MODELS

    for (name, field), model in ITEM_MODELS.items():
        schemas[name]["properties"][field]["anyOf"][0]["items"] = refer(model)
    accepted = schemas["ProcessFilesResponse"]["properties"]["jobs"]["items"]
    accepted["allOf"] = [refer(JobResponse)]
    accepted["properties"] = {"temp_file_id": {"type": "string", "description": FIELDS["temp_file_id"]}}


def refer(model: type[BaseModel]) -> SchemaPart:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def security_of(path: str, operation: SchemaPart) -> Security:
    """The credentials that an operation accepts; empty if it never answers 401."""
    if str(STATUS[Unauthorized]) not in operation["responses"]:
        return []
    if path in BY_OTHERS:
        return BY_OTHERS[path]
    names = {each["name"].lower() for each in operation.get("parameters", ())}
    return BY_ANYONE if "x-session-token" in names else BY_USER


def add(responses: SchemaPart, reason: Reason) -> None:
    """Adds an answer to those of an operation. Bodies and headers that are described already are kept.

    So 422 keeps the contract's list of errors. FastAPI describes answers without a model as JSON: for files and streams
    that is removed.
    """
    response = responses.setdefault(str(reason.status), {"description": ""})
    response["description"] = join(response["description"], reason.sentence)
    if reason.media_types and JSON not in reason.media_types and reason.status == HTTPStatus.OK:
        response.pop("content", None)
    for media_type in reason.media_types:
        response.setdefault("content", {}).setdefault(media_type, body_of(media_type))
    for name, sentence in reason.headers.items():
        described = {"description": sentence, "schema": HEADER_SCHEMAS.get(name, TEXT_SCHEMA)}
        response.setdefault("headers", {}).setdefault(name, described)


def join(first: str, second: str) -> str:
    return f"{first.removesuffix('.')}. {second}" if first else second


def body_of(media_type: str) -> SchemaPart:
    """The schema of a body. Events have none: OpenAPI 3.1 can't describe the events of a stream."""
    if media_type == JSON:
        return {"schema": refer(Problem)}
    return {} if media_type == EVENT_TYPE else {"schema": {"type": "string", "format": "binary"}}
