"""All regular expressions of the service and its client; `python -m tests.lint_patterns` says which may be slow."""

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.patterns import SEARCHES, complaints

ROOT = Path(__file__).parents[1]
DOMAIN = ROOT / "layers" / "domain" / "python"
SOURCES = ((DOMAIN, "imgopt"), (ROOT, "functions"), (ROOT, "gpu_container"), (ROOT, "imgopt_client"))
USES = re.compile(rf"\bre\b|\.(?:{'|'.join(sorted(SEARCHES))})\b")
# Patterns that are slow on some text, and why they never see it.
ALLOWED = {
    "imgopt.codecs.svg.trace:PATHS": "It reads what vtracer wrote, where each path ends.",
    "imgopt.codecs.svg.styles:URL": "Its last alternative can't fail, and takes what the others have looked at.",
}


def main() -> int:
    found = list(check())
    sys.stderr.writelines(f"{each}\n" for each in found)
    return 1 if found else 0


def check() -> Iterator[str]:
    """A sentence for each pattern that may be slow, or that is not where it would be found."""
    trees = dict(parsed_modules())
    searched = {name for tree in trees.values() for name in searched_names(tree)}
    seen = set()
    for module, tree in trees.items():
        yield from (f"{module}:{line}: give the pattern a name in its module" for line in nameless(tree))
        for name, pattern in patterns_of(module, tree):
            seen.add(f"{module}:{name}")
            wrong = complaints(pattern, searched=name in searched)
            if bool(wrong) is (f"{module}:{name}" not in ALLOWED):
                yield f"{module}:{name}: {', '.join(wrong) or 'it is allowed to be slow, and is not'}"
    yield from (f"{name}: there is no such pattern" for name in ALLOWED.keys() - seen)


def modules() -> Iterator[tuple[str, Path]]:
    for folder, package in SOURCES:
        for path in sorted((folder / package).rglob("*.py")):
            yield ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__"), path


def parsed_modules() -> Iterator[tuple[str, ast.Module]]:
    """The modules that name `re` or a search. Others neither have patterns nor use them."""
    for name, path in modules():
        text = path.read_text(encoding="utf-8")
        if USES.search(text):
            yield name, ast.parse(text)


def patterns_of(module: str, tree: ast.Module) -> Iterator[tuple[str, "re.Pattern[Any]"]]:
    """The patterns of a module by name. The module is imported, because patterns may be composed of others."""
    names = [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and is_compiling(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    if names:
        known = vars(importlib.import_module(module))
        yield from ((name, known[name]) for name in names)


def nameless(tree: ast.Module) -> Iterator[int]:
    """Lines where `re` is used in any other way."""
    named = {id(node.value) for node in tree.body if isinstance(node, ast.Assign)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "re":
            yield node.lineno
        if isinstance(node, ast.Call) and function_of_re(node) and not (is_compiling(node) and id(node) in named):
            yield node.lineno


def is_compiling(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and function_of_re(node) == "compile"


def function_of_re(node: ast.Call) -> str:
    called = node.func
    is_re = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "re"
    return called.attr if is_re and isinstance(called, ast.Attribute) else ""


def searched_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in SEARCHES:
            owner = node.value
            yield owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")


if __name__ == "__main__":
    sys.exit(main())
