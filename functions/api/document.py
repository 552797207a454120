"""The served OpenAPI document: what FastAPI reads off the routes, and the answers of the table."""

from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from functions.api.answers import ANSWERS
from functions.api.reasons import JSON, Reason

Part = dict[str, Any]


class Problem(BaseModel):
    """Why a request is refused, in a sentence."""

    detail: str


def add_answers(app: FastAPI) -> None:
    read_routes = app.openapi
    app.openapi = lambda: describe(deepcopy(read_routes()))  # type: ignore[method-assign]


def describe(document: Part) -> Part:
    document["components"]["schemas"][Problem.__name__] = Problem.model_json_schema()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for reason in ANSWERS.get(f"{method.upper()} {path}", ()):
                add(operation["responses"], reason)
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return document


def add(responses: Part, reason: Reason) -> None:
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


def body_of(media_type: str) -> Part:
    return {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}} if media_type == JSON else {}
