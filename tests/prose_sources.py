"""The texts that tests/lint_prose.py checks besides pages: answers, web pages, comments and the help of make."""

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# The packages whose docstrings and comments are read as a whole.
PLAIN_PACKAGES = (
    *("functions", "imgopt_client", "cdk", "local", "gpu_container", "supply_chain", "typescript_client"),
    "benchmarks",
)
# Tests of the linter quote what it finds.
UNREAD = ("lint_prose.py", "prose_sources.py", "test_prose.py")
# Turns that these texts do without, beside tests.lint_prose.RIDDLES, and what to write in their place.
PLAIN_RIDDLES = {
    r"as (?:it|they) came": "write 'unchanged'",
    r"for nothing": "write 'no effect' or 'ignored'",
    r"(?:is|are) asked for": "write 'is requested' or 'is set'",
    r"meanwhile": "write 'during the run', 'at the same time', or 'since'",
    r"(?:is|are) none (?:of|any)": "say what it is not",
    r"no use": "say what fails",
    r"one's own": "name the owner: the caller, the user, the operator",
    r"whoever": "name the client, the user, or the operator",
    r"any more": "write 'no longer'",
    r"worth nothing": "write 'is not valid'",
}
# The same for the domain.
DOMAIN = "layers/domain/python/imgopt"
DOMAIN_RIDDLES = {
    r"anew": "write 'again', or say what is new",
    r"as a rule": "write 'usually'",
    r"be had": "write 'exist', or say what can't be done",
    r"for want of": "write 'without'",
    r"(?:is|are) told": "write 'returned', 'reported' or 'logged'",
    r"it is worth": "say what is gained",
    r"looks? at": "write 'read', 'check' or 'examine'",
    r"nobody": "name the user, process or function",
    r"of ours": "write 'of this service'",
    r"put right": "write 'repair'",
    r"sees? to": "name what is done",
    r"so (?:few|large|long|many|much)": "name the parameter or the number",
    r"somebody": "name the user, process or function",
    r"strangers'?": "write 'untrusted' or 'client'",
    r"that there (?:are|is)": "leave it out",
    r"the one before": "repeat the noun",
    r"what (?:becomes|comes) of": "write 'the outcome of'",
    r"whoever": "name the user, process or function",
}
TEXTS = "functions/api/static/app/texts/en.json"
TEMPLATES = "functions/api/pages/templates/*.html"
MACHINE = "statemachine/optimize.asl.json"
MAKE_HELP = re.compile(r"^[a-z-]+:.*?## (.*)$", re.MULTILINE)
MARKUP = re.compile(r"\{[%#].*?[%#]\}|\{\{.*?\}\}|<style.*?</style>|<[^>]*>", re.DOTALL)
DIRECTIVES = ("# noqa", "# type:", "# fmt:")


def passages() -> Iterator[tuple[str, str]]:
    yield from document_passages()
    yield TEXTS, "\n".join(leaves(json.loads((ROOT / TEXTS).read_text(encoding="utf-8"))))
    for template in sorted(ROOT.glob(TEMPLATES)):
        if text := text_of(template.read_text(encoding="utf-8")).strip():
            yield str(template.relative_to(ROOT)), text
    yield MACHINE, "\n".join(comments_of_states(json.loads((ROOT / MACHINE).read_text(encoding="utf-8"))))
    yield "Makefile", "\n".join(MAKE_HELP.findall((ROOT / "Makefile").read_text(encoding="utf-8")))


def plain_passages() -> Iterator[tuple[str, str]]:
    """Docstrings and comments of the plain packages, by file."""
    for package in PLAIN_PACKAGES:
        yield from passages_of(package)


def passages_of_domain() -> Iterator[tuple[str, str]]:
    """Docstrings and comments of the domain, by file."""
    return passages_of(DOMAIN)


def passages_of(package: str) -> Iterator[tuple[str, str]]:
    for module in sorted((ROOT / package).rglob("*.py")):
        yield str(module.relative_to(ROOT)), prose_of(module.read_text(encoding="utf-8"))


def passages_of_tests() -> Iterator[tuple[str, str]]:
    """Docstrings and comments of tests, by file."""
    for module in sorted((ROOT / "tests").rglob("*.py")):
        if module.name not in UNREAD:
            yield str(module.relative_to(ROOT)), prose_of(module.read_text(encoding="utf-8"))


def document_passages() -> Iterator[tuple[str, str]]:
    """Descriptions in the served OpenAPI document: one passage for each object, operation and tag."""
    from functions.api.app import build_app

    document = build_app().openapi()
    for name, schema in document["components"]["schemas"].items():
        yield f"OpenAPI {name}", "\n".join([name, *descriptions(schema)])
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"OpenAPI {method.upper()} {path}", "\n".join([path, *descriptions(operation)])
    yield "OpenAPI tags", "\n".join(descriptions(document["tags"]))


def descriptions(part: Any) -> Iterator[str]:
    """All values of `description`, one a line. Fields of that name, which are objects, are searched."""
    if isinstance(part, dict):
        if isinstance(part.get("description"), str):
            yield part["description"].replace("\n", " ")
        part = part.values()
    elif not isinstance(part, list):
        return
    for each in part:
        yield from descriptions(each)


def leaves(part: Any) -> Iterator[str]:
    """All strings in JSON."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for each in part.values():
            yield from leaves(each)


def text_of(template: str) -> str:
    """The text of a template without markup."""
    return MARKUP.sub("\n", template)


def comments_of_states(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("Comment"), str):
            yield part["Comment"]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from comments_of_states(each)


def prose_of(module: str) -> str:
    """The docstrings and comments of a module, with as many lines."""
    lines = [""] * (module.count("\n") + 2)
    for node in ast.walk(ast.parse(module)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if first and ast.get_docstring(node, clean=False):
                for number, line in enumerate(ast.get_docstring(node).splitlines(), first.lineno - 1):
                    lines[number] = line
    for token in tokenize.generate_tokens(io.StringIO(module).readline):
        if token.type == tokenize.COMMENT and not token.string.startswith(DIRECTIVES):
            lines[token.start[0] - 1] += token.string.lstrip("# ")
    return "\n".join(lines)
