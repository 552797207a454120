"""The page of all routes with their fields, from the served OpenAPI document."""

import json
from collections.abc import Iterator
from typing import Any

from functions.api.app import build_app

METHODS = ("get", "post", "put", "patch", "delete")
INTRODUCTION = """\
# API reference

This page lists the parameters, bodies, status codes and fields of all routes. [Routes](routes.md) is a shorter list.
[Conventions](http.md) describe what all routes have in common, and [settings of a request](processing.md) explain the
settings. `make reference` writes this page from the served OpenAPI document, which `make openapi` prints.
"""
Node = dict[str, Any]


def render() -> str:
    document = build_app().openapi()
    schemas = document["components"]["schemas"]
    parts = [INTRODUCTION, *_routes(document), "## Objects\n", *(_object(*item) for item in sorted(schemas.items()))]
    return "\n".join(parts)


def _routes(document: Node) -> Iterator[str]:
    yield "## Routes\n"
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield _route(f"{method.upper()} {path}", item[method])


def _route(title: str, operation: Node) -> str:
    parts = [f"### {title}", operation.get("description", "")]
    if parameters := operation.get("parameters"):
        parts.append(_table("parameter", map(_parameter, parameters)))
    if body := operation.get("requestBody"):
        parts.append("Body: " + "; ".join(f"`{kind}` {of_content(each)}" for kind, each in body["content"].items()))
    parts.append(_table("status", (_answer(*each) for each in operation["responses"].items())))
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _parameter(parameter: Node) -> tuple[str, str, str]:
    need = ", required" if parameter.get("required") else ""
    kind = type_of(parameter["schema"])
    return f"`{parameter['name']}` ({parameter['in']}{need})", kind, parameter.get("description", "")


def _answer(status: str, response: Node) -> tuple[str, str, str]:
    kinds = [f"`{kind}` {of_content(each)}".strip() for kind, each in response.get("content", {}).items()]
    headers = "".join(f" Header `{name}`: {each['description']}" for name, each in response.get("headers", {}).items())
    return status, "; ".join(kinds), response["description"] + headers


def of_content(content: Node) -> str:
    return type_of(content["schema"]) if "schema" in content else ""


def _object(name: str, schema: Node) -> str:
    required = schema.get("required", [])
    rows = [
        (f"`{field}`{' (required)' if field in required else ''}", type_of(each), _meaning(each))
        for field, each in schema.get("properties", {}).items()
    ]
    parts = [f"### {name}", schema.get("description", ""), _table("field", rows) if rows else type_of(schema)]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _meaning(field: Node) -> str:
    shows = field.get("default") is not None
    default = f" Default: `{json.dumps(field['default'])}`." if shows else ""
    description = field.get("description", "")
    return f"{description.rstrip('.')}.{default}" if description else default


def type_of(schema: Node) -> str:
    """Returns the type in words, with a link if it is an object on this page."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(type_of(each) for each in schema[several]))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {}))}{_bounds(schema)}"
    return f"{schema.get('format') or schema.get('type', 'anything')}{_bounds(schema)}"


def _bounds(schema: Node) -> str:
    names = {
        "minimum": "at least",
        "exclusiveMinimum": "more than",
        "maximum": "at most",
        "exclusiveMaximum": "less than",
        "minItems": "at least",
        "maxItems": "at most",
        "minLength": "length at least",
        "maxLength": "length at most",
    }
    return "".join(f", {text} {schema[name]:g}" for name, text in names.items() if name in schema)


def _table(title: str, rows: Any) -> str:
    lines = ["| " + " | ".join(" ".join(str(cell).replace("|", "\\|").split()) for cell in row) + " |" for row in rows]
    return "\n".join([f"| {title} | type | meaning |", "|---|---|---|", *lines])
