"""The reference of the API as one page, made of the served document. It needs no scripts: its parts open by themselves.

Links are relative: where the pages begin, only browsers know for sure.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from fastapi.responses import HTMLResponse

from functions.api.pages.rendering import NOTHING, Html, fill, template

Part = dict[str, Any]
POLICY = (
    "default-src 'none'; style-src 'sha256-{}'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"
)
# How JSON Schema's limits are put.
LIMITS = {
    "minimum": "at least {:g}",
    "exclusiveMinimum": "more than {:g}",
    "maximum": "at most {:g}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
}
CREDENTIALS = {
    "bearer": "Authorization: Bearer …",
    "session": "X-Session-Token",
    "scheduler": "X-CloudScheduler",
}
NO_CREDENTIAL = "none"


def reference_page(document: Part) -> HTMLResponse:
    style = Html(template("reference.css").template)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    body = fill(
        "reference.html",
        style=style,
        title=document["info"]["title"],
        version=document["info"]["version"],
        description=document["info"].get("description", ""),
        operations=join(show_operations(document["paths"])),
        schemas=join(show_schema(name, schema) for name, schema in sorted(document["components"]["schemas"].items())),
    )
    return HTMLResponse(body, headers={"Content-Security-Policy": POLICY.format(digest)})


def show_operations(paths: Part) -> Iterator[Html]:
    """Preflights need no words."""
    for path, methods in paths.items():
        for method, operation in methods.items():
            if method != "options":
                yield show_operation(method.upper(), path, operation)


def show_operation(method: str, path: str, operation: Part) -> Html:
    parameters = (
        show_row(
            each["name"], spell_type(each["schema"]), f"In the {each['in']}.", needed(each), each.get("description", "")
        )
        for each in operation.get("parameters", ())
    )
    return fill(
        "operation.html",
        id=operation["operationId"],
        method=method,
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        credentials=spell_credentials(operation.get("security", [])),
        parameters=show_table("Parameters", parameters),
        body=show_table("Body", show_contents(operation.get("requestBody", {}))),
        answers=show_table("Answers", (show_answer(*each) for each in operation["responses"].items())),
    )


def show_answer(status: str, answer: Part) -> Html:
    kinds = join([spell_content(*each) for each in answer.get("content", {}).items()], ", ")
    headers = ", ".join(answer.get("headers", ()))
    return show_row(status, kinds, answer["description"], f"With {headers}." if headers else "")


def show_contents(body: Part) -> Iterator[Html]:
    for media_type, content in body.get("content", {}).items():
        yield show_row(media_type, spell_type(content["schema"]))


def show_schema(name: str, schema: Part) -> Html:
    required = schema.get("required", ())
    fields = (
        show_row(
            field, spell_type(each), needed({"required": field in required}), spell_default(each), description_of(each)
        )
        for field, each in schema.get("properties", {}).items()
    )
    content = show_table("", fields) or spell_type(schema)
    return fill("schema.html", name=name, description=schema.get("description", ""), content=content)


def show_table(title: str, rows: Iterable[Html]) -> Html:
    """Nothing where there are no rows."""
    content = join(rows)
    return fill("table.html", title=title, rows=content) if content else NOTHING


def show_row(name: str, kind: Html, *sentences: str) -> Html:
    return fill("row.html", name=name, kind=kind, text=" ".join(filter(None, sentences)))


def needed(parameter: Part) -> str:
    return "Required." if parameter.get("required") else ""


def description_of(schema: Part) -> str:
    text: str = schema.get("description", "")
    return text


def spell_default(schema: Part) -> str:
    return f"Default: {json.dumps(schema['default'])}." if schema.get("default") is not None else ""


def spell_credentials(security: list[Part]) -> str:
    return " or ".join(CREDENTIALS.get(name, name) for each in security for name in each or [NO_CREDENTIAL])


def spell_content(media_type: str, content: Part) -> Html:
    schema = content.get("schema", {})
    return spell_type(schema) if "$ref" in schema else fill("word.html", text=media_type)


def spell_type(schema: Part) -> Html:
    if "$ref" in schema:
        return fill("reference_link.html", name=schema["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in schema:
        return join([spell_type(each) for each in schema["anyOf"]], " or ")
    if schema.get("type") == "array":
        return Html("list of ") + spell_type(schema.get("items", {}))
    if "enum" in schema:
        return fill("word.html", text=", ".join(map(str, schema["enum"])))
    kind = schema.get("format") or schema.get("type") or "anything"
    limits = (words.format(schema[name]) for name, words in LIMITS.items() if name in schema)
    return fill("word.html", text=", ".join([kind, *limits]))


def join(parts: Iterable[Html], between: str = "") -> Html:
    return Html(between.join(parts))
