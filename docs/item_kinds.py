"""The kinds of items in the table, found in the code: the prefixes of keys, and the modules that make such keys."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from cdk.paths import LAYERS

FOLDER = LAYERS / "domain" / "python"
# Functions that take a kind, with the position of the kind among their arguments.
KIND_AT = {"key": 0, "to_item": 1, "_to_item": 1, "scan": 0}


def find_kinds() -> dict[str, list[str]]:
    """Returns for each kind the modules of the domain that use it in a key, in alphabetical order."""
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
    """Yields the expressions that are kinds: an argument, or the beginning of a text before a #."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
        if name in KIND_AT and len(node.args) > KIND_AT[name]:
            yield node.args[KIND_AT[name]]
    elif isinstance(node, ast.JoinedStr) and len(node.values) > 1:
        first, second = node.values[:2]
        if isinstance(first, ast.FormattedValue) and isinstance(second, ast.Constant) and str(second.value)[0] == "#":
            yield first.value


def _value_of(expression: ast.expr, module: str) -> Iterator[str]:
    """Yields the value of a constant. Other expressions are skipped, because their value comes from a constant."""
    text = ast.unparse(expression)
    if isinstance(expression, ast.Constant):
        yield str(expression.value)
    elif text.rpartition(".")[2].isupper():
        value: object = import_module(module)
        for part in text.split("."):
            value = getattr(value, part)
        yield str(value)
