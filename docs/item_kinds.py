"""The kinds of items in the table, read off the code: what keys begin with, and which modules make such keys."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from cdk.paths import LAYERS

FOLDER = LAYERS / "domain" / "python"
# Functions that are given a kind, by the place that it has among their arguments.
KIND_AT = {"key": 0, "to_item": 1, "_to_item": 1, "scan": 0}


def find_kinds() -> dict[str, list[str]]:
    """By kind, the modules of the domain that name it in a key, in alphabetical order."""
    found: dict[str, set[str]] = {}
    for path in sorted(FOLDER.rglob("*.py")):
        module = ".".join(path.relative_to(FOLDER).with_suffix("").parts).removesuffix(".__init__")
        for kind in _kinds_in(path, module):
            found.setdefault(kind, set()).add(module)
    return {kind: sorted(modules) for kind, modules in sorted(found.items())}


def _kinds_in(path: Path, module: str) -> Iterator[str]:
    text = path.read_text()
    if "imgopt.storage" not in text:
        return
    for node in ast.walk(ast.parse(text)):
        for expression in _named(node):
            yield from _value_of(expression, module)


def _named(node: ast.AST) -> Iterator[ast.expr]:
    """What stands where a kind does: an argument, or a text that begins with it and a #."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
        if name in KIND_AT and len(node.args) > KIND_AT[name]:
            yield node.args[KIND_AT[name]]
    elif isinstance(node, ast.JoinedStr) and len(node.values) > 1:
        first, second = node.values[:2]
        if isinstance(first, ast.FormattedValue) and isinstance(second, ast.Constant) and str(second.value)[0] == "#":
            yield first.value


def _value_of(expression: ast.expr, module: str) -> Iterator[str]:
    """Of constants alone: what a function is given it gets from one of these."""
    text = ast.unparse(expression)
    if isinstance(expression, ast.Constant):
        yield str(expression.value)
    elif text.rpartition(".")[2].isupper():
        value: object = import_module(module)
        for part in text.split("."):
            value = getattr(value, part)
        yield str(value)
