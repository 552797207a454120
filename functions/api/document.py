"""The served OpenAPI document: what FastAPI reads off the routes, and the answers of the table."""

from copy import deepcopy
from functools import cache
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from functions.api.errors import STATUS
from functions.api.reasons import JSON, Reason
from functions.api.response_docs import RESPONSES
from imgopt.errors import Unauthorized

SchemaPart = dict[str, Any]
# Ways to sign in, each by the names of what it takes.
Security = list[dict[str, list[str]]]


class Problem(BaseModel):
    """Why a request is refused, in a sentence."""

    detail: str


# So that generated clients know how to send them.
SECURITY: SchemaPart = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A JWT, a device's token or an API key."},
    "session": {"type": "apiKey", "in": "header", "name": "X-Session-Token", "description": "Of a guest's upload."},
    "scheduler": {"type": "apiKey", "in": "header", "name": "X-CloudScheduler"},
}
BY_USER: Security = [{"bearer": []}]
BY_ANYONE: Security = [{"bearer": []}, {"session": []}, {}]
BY_OTHERS: dict[str, Security] = {
    "/usage/summary": [{"bearer": []}, {"session": []}],
    "/process": [],  # the contract has its header as a parameter
    "/internal/cleanup": [{"scheduler": []}],
    "/internal/refresh-daily-credits": [{"scheduler": []}],
}
FILE_BODY = "Body_upload_file_upload_post"


def add_answers(app: FastAPI) -> None:
    read_routes = app.openapi
    app.openapi = cache(lambda: describe_operations(deepcopy(read_routes())))  # type: ignore[method-assign]


def describe_operations(document: SchemaPart) -> SchemaPart:
    document["components"]["schemas"][Problem.__name__] = Problem.model_json_schema()
    document["components"]["securitySchemes"] = SECURITY
    document["components"]["schemas"][FILE_BODY]["properties"]["file"]["format"] = "binary"
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for reason in RESPONSES.get(f"{method.upper()} {path}", ()):
                add(operation["responses"], reason)
            if security := security_of(path, operation):
                operation["security"] = security
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return document


def security_of(path: str, operation: SchemaPart) -> Security:
    """Of operations that answer 401 to a credential that proves nothing."""
    if str(STATUS[Unauthorized]) not in operation["responses"]:
        return []
    if path in BY_OTHERS:
        return BY_OTHERS[path]
    names = {each["name"].lower() for each in operation.get("parameters", ())}
    return BY_ANYONE if "x-session-token" in names else BY_USER


def add(responses: SchemaPart, reason: Reason) -> None:
    """What is described already stays: the contract's 422 is a list of errors even where a sentence can come, too."""
    response = responses.setdefault(str(reason.status), {"description": ""})
    response["description"] = join(response["description"], reason.sentence)
    for media_type in reason.media_types:
        response.setdefault("content", {}).setdefault(media_type, body_of(media_type))
    for name, sentence in reason.headers.items():
        described = {"description": sentence, "schema": {"type": "integer"}}
        response.setdefault("headers", {}).setdefault(name, described)


def join(first: str, second: str) -> str:
    return f"{first.removesuffix('.')}. {second}" if first else second


def body_of(media_type: str) -> SchemaPart:
    return {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}} if media_type == JSON else {}
