"""The reference page of the API, made from the served document.

The page works without scripts. With them, readers can try requests. Links are relative, because the public URL may not
be known.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from fastapi.responses import HTMLResponse

from functions.api.pages.assets import asset_address
from functions.api.pages.reference_groups import Topic, all_topics, topic_of
from functions.api.pages.rendering import render_template

JsonPart = dict[str, Any]
REFERENCE_POLICY = (
    "default-src 'none'; style-src 'sha256-{}'; script-src 'self'; connect-src 'self'; img-src 'self' blob:; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types"
)
# The places of parameters that the form shows. Headers are left out: the page has a dialog for credentials.
TRIED_PLACES = ("path", "query")
MULTIPART = "multipart/form-data"
# JSON Schema's limits in words.
SCHEMA_LIMITS = {
    "minimum": "at least {:g}",
    "exclusiveMinimum": "more than {:g}",
    "maximum": "at most {:g}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
}
CREDENTIAL_NAMES = {
    "bearer": "Authorization: Bearer …",
    "session": "X-Session-Token",
    "scheduler": "X-CloudScheduler",
}
NO_CREDENTIAL = "none"
EMPTY: dict[str, Any] = {"string": "", "integer": 1, "number": 1, "boolean": False}
MODULES = ("credential", "answers")


@dataclass(frozen=True)
class Word:
    """A word of a type's description. If `is_object`, it is the name of an object that the page describes."""

    text: str
    is_object: bool = False


@dataclass(frozen=True)
class Row:
    name: str
    type: list[Word]
    text: str = ""


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    description: str
    credentials: str
    parameters: list[Row]
    body: list[Row]
    answers: list[Row]
    trial: "TrialForm"


@dataclass(frozen=True)
class TrialForm:
    """The form with which a reader tries a request: parameters by name and place, an example body, a file."""

    fields: list[tuple[str, str]]
    example: str
    takes_file: bool


@dataclass(frozen=True)
class Chapter:
    topic: Topic
    operations: list[Operation]


@dataclass(frozen=True)
class Object:
    """An object of the document. `type` is set if it has no fields, such as for an enum."""

    name: str
    description: str
    fields: list[Row]
    type: list[Word]


def reference_page(document: JsonPart) -> HTMLResponse:
    info = {"description": "", **document["info"]}
    objects = [object_of(*each) for each in sorted(document["components"]["schemas"].items())]
    body = render_template(
        "reference.html",
        info=info,
        chapters=chapters_of(document),
        objects=objects,
        icon=asset_address("icon.svg"),
        script=asset_address("reference/main.js"),
        modules=[asset_address(f"reference/{name}.js") for name in MODULES],
    )
    digest = b64encode(sha256(render_template("reference.css").encode()).digest()).decode()
    headers = {
        "Content-Security-Policy": REFERENCE_POLICY.format(digest),
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    return HTMLResponse(body, headers=headers)


def chapters_of(document: JsonPart) -> list[Chapter]:
    """The operations by topic. Topics that are not for users come last."""
    found: dict[Topic, list[Operation]] = {topic: [] for topic in all_topics()}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            described = operation_of(method.upper(), path, operation, document)
            found[topic_of(method, path)].append(described)
    return [Chapter(topic, operations) for topic, operations in found.items() if operations]


def operation_of(method: str, path: str, operation: JsonPart, document: JsonPart) -> Operation:
    return Operation(
        id=operation["operationId"],
        method=method,
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        credentials=spell_credentials(operation.get("security", [])),
        parameters=[parameter_row(each) for each in operation.get("parameters", ())],
        body=[Row(*each) for each in types_of(operation.get("requestBody", {}))],
        answers=[answer_row(*each) for each in operation["responses"].items()],
        trial=trial_of(operation, document),
    )


def trial_of(operation: JsonPart, document: JsonPart) -> TrialForm:
    content = operation.get("requestBody", {}).get("content", {})
    fields = [(each["name"], each["in"]) for each in operation.get("parameters", ()) if each["in"] in TRIED_PLACES]
    schema = content.get("application/json", {}).get("schema")
    example = json.dumps(example_of(schema, document), indent=2) if schema else ""
    return TrialForm(fields, example, MULTIPART in content)


def example_of(schema: JsonPart, document: JsonPart) -> Any:
    """An example with the required fields and empty values."""
    if "$ref" in schema:
        named = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        fields = named.get("properties", {})
        return {name: example_of(fields[name], document) for name in named.get("required", ())}
    if schema.get("type") == "array":
        return [example_of(schema.get("items", {}), document)]
    return EMPTY.get(schema.get("type", ""), {})


def parameter_row(parameter: JsonPart) -> Row:
    text = sentences(f"In the {parameter['in']}.", needed(parameter), parameter.get("description", ""))
    return Row(parameter["name"], type_of(parameter["schema"]), text)


def types_of(body: JsonPart) -> Iterator[tuple[str, list[Word]]]:
    for media_type, content in body.get("content", {}).items():
        yield media_type, type_of(content["schema"])


def answer_row(status: str, answer: JsonPart) -> Row:
    kinds = join((content_type(*each) for each in answer.get("content", {}).items()), ", ")
    headers = ", ".join(answer.get("headers", ()))
    return Row(status, kinds, sentences(answer["description"], f"With {headers}." if headers else ""))


def object_of(name: str, schema: JsonPart) -> Object:
    required = schema.get("required", ())
    fields = [field_row(field, each, field in required) for field, each in schema.get("properties", {}).items()]
    return Object(name, schema.get("description", ""), fields, type_of(schema))


def field_row(name: str, schema: JsonPart, required: bool) -> Row:
    text = sentences(needed({"required": required}), spell_default(schema), schema.get("description", ""))
    return Row(name, type_of(schema), text)


def sentences(*found: str) -> str:
    return " ".join(filter(None, found))


def needed(parameter: JsonPart) -> str:
    return "Required." if parameter.get("required") else ""


def spell_default(schema: JsonPart) -> str:
    return f"Default: {json.dumps(schema['default'])}." if schema.get("default") is not None else ""


def spell_credentials(security: list[JsonPart]) -> str:
    return " or ".join(CREDENTIAL_NAMES.get(name, name) for each in security for name in each or [NO_CREDENTIAL])


def content_type(media_type: str, content: JsonPart) -> list[Word]:
    schema = content.get("schema", {})
    return type_of(schema) if "$ref" in schema else [Word(media_type)]


def type_of(schema: JsonPart) -> list[Word]:
    if "$ref" in schema:
        return [Word(schema["$ref"].rsplit("/", 1)[-1], is_object=True)]
    if "anyOf" in schema:
        return join(map(type_of, schema["anyOf"]), " or ")
    if schema.get("type") == "array":
        return [Word("list of "), *type_of(schema.get("items", {}))]
    if "enum" in schema:
        return [Word(", ".join(map(str, schema["enum"])))]
    kind = schema.get("format") or schema.get("type") or "anything"
    limits = (words.format(schema[name]) for name, words in SCHEMA_LIMITS.items() if name in schema)
    return [Word(", ".join([kind, *limits]))]


def join(types: Iterable[list[Word]], between: str) -> list[Word]:
    words = [word for each in types for word in (Word(between), *each)]
    return words[1:]
